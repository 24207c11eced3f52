using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Http;

/// <summary>What all of the API's answers have in common: nobody keeps them, nobody guesses at their type, and each leaves one line in the log.</summary>
/// <remarks>Stands outside of <see cref="HttpAnswers"/>, so that it sees the answer that is given in the end.</remarks>
public sealed class RequestLoggingMiddleware(ILogger<RequestLoggingMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string CallerKey = "familypa.caller";

    /// <summary>Not among them: webhooks and health checks, of which there are many and which log in their own way.</summary>
    private static readonly PathString[] Others = ["/api/webhooks", "/api/health"];

    /// <summary>Whose request it is, for the log.</summary>
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

    /// <summary>The path with its values taken out: ids make no good dimension, and are nobody's business in a log.</summary>
    private static string RouteOf(HttpRequest request)
    {
        var values = request.RouteValues.Where(value => value.Value is string { Length: > 0 }).ToDictionary(value => (string)value.Value!, value => value.Key);
        return string.Join('/', request.Path.Value!.Split('/').Select(segment => values.TryGetValue(segment, out var name) ? $"{{{name}}}" : segment));
    }
}
