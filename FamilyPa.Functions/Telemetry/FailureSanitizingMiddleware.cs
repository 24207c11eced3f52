using FamilyPa.Core.Diagnostics;
using FamilyPa.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Telemetry;

/// <summary>A call of a queue or timer that fails tells the platform so in words that may stand in its logs, which are out of our hands.</summary>
/// <remarks>What HTTP calls fail with never gets that far.</remarks>
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
