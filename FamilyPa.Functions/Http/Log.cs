using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Http;

/// <summary>The app's registry of log events. Core has its own.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "Webhook rejected by guard {outcome} from {address} ({operation}, {size_bytes} bytes declared, request {request_id})")]
    public static partial void WebhookRejected(this ILogger log, string request_id, string operation, string outcome, string address, long? size_bytes);

    [LoggerMessage(2002, LogLevel.Warning, "Rejected webhook not counted: {error_code} (request {request_id})")]
    public static partial void RejectionNotCounted(this ILogger log, string request_id, string error_code);

    [LoggerMessage(2003, LogLevel.Error, "Request {request_id} to {function} failed: {error_code}, {error_message}\n{error_stack}")]
    public static partial void RequestFailed(
        this ILogger log, string request_id, string function, string error_code, string error_message, string error_stack);

    [LoggerMessage(2004, LogLevel.Error, "Message {message_sid} not stored: {error_code} ({operation}, request {request_id})")]
    public static partial void MessageNotStored(this ILogger log, string message_sid, string request_id, string operation, string error_code);

    [LoggerMessage(2005, LogLevel.Warning, "App not ready: {error_code} (request {request_id})")]
    public static partial void NotReady(this ILogger log, string request_id, string error_code);

    [LoggerMessage(2006, LogLevel.Information, "App {version} started")]
    public static partial void AppStarted(this ILogger log, string version);

    [LoggerMessage(1801, LogLevel.Information, "{method} {route} answered {status} in {latency_ms} ms (user {user_id}, request {request_id})")]
    public static partial void ApiAnswered(
        this ILogger log, string request_id, Guid? user_id, string method, string route, int status, long latency_ms);

    [LoggerMessage(1851, LogLevel.Error, "Page failed: {error_code}, {error_message} in {source} {line}:{column} (request {request_id})")]
    public static partial void PageFailed(
        this ILogger log, string request_id, string error_code, string error_message, string source, int line, int column);

    [LoggerMessage(2021, LogLevel.Warning, "Limit verification_failures reached by {address}: {value} of {limit_value} in this minute ({operation}, request {request_id}); later failures get 429")]
    public static partial void VerificationLimitReached(this ILogger log, string request_id, string operation, string address, int limit_value, int value);

    [LoggerMessage(2103, LogLevel.Error, "Function {function} failed: {error_code}, {error_message}\n{error_stack}")]
    public static partial void CallFailed(this ILogger log, string function, string error_code, string error_message, string error_stack);
}
