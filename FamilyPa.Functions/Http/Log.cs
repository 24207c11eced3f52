using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Http;

/// <summary>Every line that the HTTP side logs, with its id; the core's are in its own registry.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Warning, "Webhook refused by guard {outcome} from {address} ({phase}, {size_bytes} bytes declared, request {request_id})")]
    public static partial void WebhookRefused(this ILogger log, string request_id, string phase, string outcome, string address, long? size_bytes);

    [LoggerMessage(2002, LogLevel.Warning, "A refused webhook could not be counted: {error_code} (request {request_id})")]
    public static partial void RefusalNotCounted(this ILogger log, string request_id, string error_code);

    [LoggerMessage(2003, LogLevel.Error, "Request {request_id} to {function} failed: {error_code}, {error_message}\n{error_stack}")]
    public static partial void RequestFailed(
        this ILogger log, string request_id, string function, string error_code, string error_message, string error_stack);

    [LoggerMessage(2004, LogLevel.Error, "Message {event_id} could not be stored: {error_code} ({phase}, request {request_id})")]
    public static partial void MessageNotStored(this ILogger log, string event_id, string request_id, string phase, string error_code);

    [LoggerMessage(2005, LogLevel.Warning, "Not ready: {error_code} (request {request_id})")]
    public static partial void NotReady(this ILogger log, string request_id, string error_code);

    [LoggerMessage(2103, LogLevel.Error, "Function {function} failed: {error_code}, {error_message}\n{error_stack}")]
    public static partial void CallFailed(this ILogger log, string function, string error_code, string error_message, string error_stack);
}
