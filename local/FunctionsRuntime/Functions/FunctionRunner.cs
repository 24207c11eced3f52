using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Functions;

/// <summary>Runs a call through the middleware and the function. A failure is logged and handed back, never thrown.</summary>
internal sealed partial class FunctionRunner(FunctionExecutionDelegate pipeline, IServiceScopeFactory scopes, ILoggerFactory loggers)
{
    /// <summary>The official worker's name, so that one tracing configuration serves both.</summary>
    private static readonly ActivitySource Source = new("Microsoft.Azure.Functions.Worker");

    private readonly ConcurrentDictionary<string, ILogger> loggerOf = new();

    public IServiceScopeFactory Scopes => scopes;

    public async Task<Exception?> RunAsync(Invocation invocation)
    {
        var logger = loggerOf.GetOrAdd(invocation.Function.Name, static (name, loggers) => loggers.CreateLogger($"Function.{name}"), loggers);
        using var activity = Source.HasListeners() ? StartActivity(invocation) : null;
        if (logger.IsEnabled(LogLevel.Information))
            Started(logger, invocation.Function.Name, invocation.Reason, invocation.InvocationId);

        var started = Stopwatch.GetTimestamp();
        try
        {
            await pipeline(invocation);
            if (logger.IsEnabled(LogLevel.Information))
                Succeeded(logger, invocation.Function.Name, invocation.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);

            return null;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            Failed(logger, exception, invocation.Function.Name, invocation.InvocationId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return exception;
        }
        finally
        {
            await DisposeAsync(invocation, logger);
        }
    }

    /// <summary>The end of the pipeline: the function itself.</summary>
    public static async Task Execute(Microsoft.Azure.Functions.Worker.FunctionContext context)
    {
        var invocation = (Invocation)context;
        invocation.ReturnValue = await invocation.Function.Call(invocation);
    }

    private static async ValueTask DisposeAsync(Invocation invocation, ILogger logger)
    {
        try
        {
            await invocation.DisposeAsync();
        }
        catch (Exception exception)
        {
            DisposalFailed(logger, exception);
        }
    }

    private static Activity? StartActivity(Invocation invocation)
    {
        var activity = Source.StartActivity($"function {invocation.Function.Name}");
        activity?.SetTag("faas.name", invocation.Function.Name);
        activity?.SetTag("faas.invocation_id", invocation.InvocationId);
        return activity;
    }

    [LoggerMessage(4, LogLevel.Information, "Executing 'Functions.{FunctionName}' (Reason='{Reason}', Id={InvocationId})", SkipEnabledCheck = true)]
    private static partial void Started(ILogger logger, string functionName, string reason, string invocationId);

    [LoggerMessage(1, LogLevel.Information, "Executed 'Functions.{FunctionName}' (Succeeded, Id={InvocationId}, Duration={Duration:0.#}ms)", SkipEnabledCheck = true)]
    private static partial void Succeeded(ILogger logger, string functionName, string invocationId, double duration);

    [LoggerMessage(2, LogLevel.Error, "Executed 'Functions.{FunctionName}' (Failed, Id={InvocationId}, Duration={Duration:0.#}ms)")]
    private static partial void Failed(ILogger logger, Exception exception, string functionName, string invocationId, double duration);

    [LoggerMessage(3, LogLevel.Error, "The services of the call could not be disposed of")]
    private static partial void DisposalFailed(ILogger logger, Exception exception);
}
