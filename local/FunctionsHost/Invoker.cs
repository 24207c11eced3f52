using System.Diagnostics;
using FunctionsHost.Workers;

namespace FunctionsHost;

/// <summary>Runs functions and logs start and end as the platform does. Failures are logged and returned as false.</summary>
internal sealed partial class Invoker(WorkerSupervisor workers, HostLog log)
{
    /// <param name="traceParent">The caller's trace; null or invalid starts a new one.</param>
    public static InvocationRequest Request(FunctionDefinition function, TypedData trigger, string? traceParent = null) => new()
    {
        InvocationId = Guid.NewGuid().ToString(),
        FunctionId = function.Id,
        InputData = [new() { Name = function.TriggerName, Data = trigger }],
        TraceContext = new()
        {
            TraceParent = ActivityContext.TryParse(traceParent, null, out _) ? traceParent! : $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01",
        },
    };

    public async Task<bool> RunAsync(FunctionDefinition function, TypedData trigger, string reason, CancellationToken cancellationToken) =>
        await RunAsync(await workers.ReadyAsync(cancellationToken), Request(function, trigger), function, reason, cancellationToken);

    public async Task<bool> RunAsync(Worker worker, InvocationRequest request, FunctionDefinition function, string reason, CancellationToken cancellationToken)
    {
        var logger = log.CreateLogger($"Function.{function.Name}");
        Executing(logger, function.Name, reason, request.InvocationId);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await worker.InvokeAsync(request, cancellationToken);
            Succeeded(logger, function.Name, request.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return true;
        }
        catch (Exception exception)
        {
            Failed(logger, exception, function.Name, request.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Executing 'Functions.{FunctionName}' (Reason='{Reason}', Id={InvocationId})")]
    private static partial void Executing(ILogger logger, string functionName, string reason, string invocationId);

    [LoggerMessage(2, LogLevel.Information, "Executed 'Functions.{FunctionName}' (Succeeded, Id={InvocationId}, Duration={Duration:0}ms)")]
    private static partial void Succeeded(ILogger logger, string functionName, string invocationId, double duration);

    [LoggerMessage(3, LogLevel.Error, "Executed 'Functions.{FunctionName}' (Failed, Id={InvocationId}, Duration={Duration:0}ms)")]
    private static partial void Failed(ILogger logger, Exception exception, string functionName, string invocationId, double duration);
}
