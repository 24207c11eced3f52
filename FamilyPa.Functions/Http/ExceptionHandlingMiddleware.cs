using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.Http;

/// <summary>Gives every HTTP request an id, keeps browsers on https, and converts exceptions: a body that cannot be read to 400 or 408, an unavailable database to 503, all others to 500.</summary>
public sealed class ExceptionHandlingMiddleware(IOptions<AppSettings> settings, ILogger<ExceptionHandlingMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        http.TraceIdentifier = Guid.NewGuid().ToString("N");
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        // By the public URL, because the request itself comes from the platform's proxy. Only loopback allows plain http.
        if (settings.Value.PublicBaseUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            http.Response.Headers.StrictTransportSecurity = "max-age=31536000";
        Activity.Current?.SetTag("request_id", http.TraceIdentifier);
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The body is malformed, ended early or came too slowly.
            http.Response.Headers.Connection = "close";
            context.GetInvocationResult().Value = Problem.Of(http, e.StatusCode, e.StatusCode == StatusCodes.Status408RequestTimeout ? "request_timeout" : "bad_request");
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            log.RequestFailed(http.TraceIdentifier, context.FunctionDefinition.Name, ErrorCode.Of(e), Sanitizer.Message(e), Sanitizer.Stack(e));
            context.GetInvocationResult().Value = DatabaseOutage.Is(e)
                ? Problem.Of(http, StatusCodes.Status503ServiceUnavailable, "try_again")
                : Problem.Of(http, StatusCodes.Status500InternalServerError, "internal_error");
        }
    }
}
