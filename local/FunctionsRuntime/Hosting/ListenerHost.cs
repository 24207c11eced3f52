using FunctionsRuntime.Functions;
using FunctionsRuntime.Queues;
using FunctionsRuntime.Timers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Hosting;

/// <summary>
/// Starts the listeners when the app answers HTTP, and stops them before anything else stops: a function in flight still has all
/// of its services.
/// </summary>
internal sealed partial class ListenerHost(
    FunctionCatalog catalog, QueueListeners queues, TimerListeners timers, RuntimeSettings settings, ILoggerFactory loggers)
    : IHostedLifecycleService, IDisposable
{
    private readonly ILogger logger = loggers.CreateLogger("Host.Startup");
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;
    private Task warming = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Started(logger, settings.Url, string.Join(", ", catalog.Functions.Select(function => function.Name)));
        running = Task.Run(() => Task.WhenAll(Guard(queues.RunAsync), Guard(timers.RunAsync)), CancellationToken.None);
        warming = Task.Run(() => catalog.Functions.Select(function => function.Call).ToList(), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAny(Task.WhenAll(running, warming), Task.Delay(settings.Grace, cancellationToken));
        if (!running.IsCompleted)
            LeftBehind(logger, settings.Grace);
    }

    public void Dispose() => stopping.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Guard(Func<CancellationToken, Task> listen)
    {
        try
        {
            await listen(stopping.Token);
        }
        catch (Exception exception)
        {
            Broken(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Listening on {Url}. Functions: {Functions}")]
    private static partial void Started(ILogger logger, string url, string functions);

    [LoggerMessage(2, LogLevel.Warning, "Functions still running {Grace} after the order to stop are left behind; their messages come back")]
    private static partial void LeftBehind(ILogger logger, TimeSpan grace);

    [LoggerMessage(3, LogLevel.Critical, "The listeners have stopped: a fault of the local host")]
    private static partial void Broken(ILogger logger, Exception exception);
}
