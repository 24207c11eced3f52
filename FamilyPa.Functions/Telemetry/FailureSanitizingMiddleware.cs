using FamilyPa.Core.Diagnostics;
using FamilyPa.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Replaces the exceptions of queue and timer functions, because the platform writes them to its own logs.</summary>
/// <remarks><see cref="Http.ExceptionHandlingMiddleware"/> handles exceptions of HTTP functions.</remarks>
public sealed class FailureSanitizingMiddleware(ILogger<FailureSanitizingMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (context.GetHttpContext() is null && !Sanitizer.IsClean(e) && !IsToldToStop(e, context))
        {
            log.CallFailed(context.FunctionDefinition.Name, ErrorCode.Of(e), Sanitizer.Message(e), Sanitizer.Stack(e));
            throw new SanitizedException(e);
        }
    }

    private static bool IsToldToStop(Exception error, FunctionContext context) =>
        error is OperationCanceledException && context.CancellationToken.IsCancellationRequested;
}
