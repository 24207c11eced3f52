using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Http;

/// <summary>Sets the common headers of API responses (no caching, no MIME sniffing) and logs each request.</summary>
/// <remarks>Runs outside <see cref="ExceptionHandlingMiddleware"/>, so that it logs the final status.</remarks>
public sealed class RequestLoggingMiddleware(ILogger<RequestLoggingMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string CallerKey = "familypa.caller";

    /// <summary>Excludes webhooks and health checks, which are frequent and have their own logs.</summary>
    private static readonly PathString[] Others = ["/api/webhooks", "/api/health"];

    /// <summary>Sets the user id for the log.</summary>
    public static void Identify(HttpContext http, Guid userId) => http.Items[CallerKey] = userId;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || !IsApi(http.Request.Path))
        {
            await next(context);
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var started = Stopwatch.GetTimestamp();
        var status = StatusCodes.Status499ClientClosedRequest;
        try
        {
            await next(context);
            status = (context.GetInvocationResult().Value as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        }
        finally
        {
            log.ApiAnswered(
                http.TraceIdentifier, http.Items[CallerKey] as Guid?, http.Request.Method, RouteOf(http.Request), status,
                (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static bool IsApi(PathString path) => path.StartsWithSegments("/api") && !Array.Exists(Others, other => path.StartsWithSegments(other));

    /// <summary>The path with placeholders instead of values: ids would be a high-cardinality dimension and may identify persons.</summary>
    /// <remarks>A catch-all route has no names for its values.</remarks>
    private static string RouteOf(HttpRequest request)
    {
        var values = request.RouteValues.Where(value => value.Value is string { Length: > 0 }).DistinctBy(value => value.Value)
            .ToDictionary(value => (string)value.Value!, value => value.Key);
        return string.Join('/', request.Path.Value!.Split('/').Select(segment => values.TryGetValue(segment, out var name) ? $"{{{name}}}"
            : segment.All(letter => char.IsAsciiLetterLower(letter) || letter is '-' or '.') ? segment : "{value}"));
    }
}
