using FunctionsHost.Queues;

namespace FunctionsHost.Workers;

/// <summary>Keeps one worker running. Restarts it at once when it ends, and with growing delays when it does not start.</summary>
internal sealed partial class WorkerSupervisor(FunctionsHostOptions options, FunctionRpc rpc, HostLog log, QueueNudges nudges) : IAsyncDisposable
{
    private readonly ILogger logger = log.CreateLogger("Host.Worker");
    private readonly CancellationTokenSource stopping = new();
    private volatile TaskCompletionSource<Worker> ready = NewReady();
    private Task keeping = Task.CompletedTask;
    private Uri address = null!;
    private volatile bool hasLostPort;

    /// <exception cref="FunctionsHostException">The worker does not start.</exception>
    public async Task<Worker> StartAsync(Uri grpcAddress, CancellationToken cancellationToken)
    {
        address = grpcAddress;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var worker = await StartOneAsync(cancellationToken);
                keeping = KeepAsync(worker);
                return worker;
            }
            catch (FunctionsHostException) when (hasLostPort && attempt < 3)
            {
                // The worker picks a free port by binding and releasing it, and another process took it.
            }
        }
    }

    public async Task<Worker> ReadyAsync(CancellationToken cancellationToken)
    {
        Worker worker;
        // One that is gone is ready until KeepAsync has noticed. A call to it would cost its message a try.
        while ((worker = await ready.Task.WaitAsync(cancellationToken)).Gone.IsCompleted)
            await Task.Delay(1, cancellationToken);
        return worker;
    }

    public async Task InvokeAsync(InvocationRequest request, CancellationToken cancellationToken) =>
        await (await ReadyAsync(cancellationToken)).InvokeAsync(request, cancellationToken);

    /// <summary>Asks the worker for its status again and again, and kills it when it does not answer.</summary>
    public async Task WatchAsync(CancellationToken stopping)
    {
        var timeout = options.HangTimeout ?? TimeSpan.FromMinutes(5);
        while (!stopping.IsCancellationRequested)
        {
            var asked = ready.Task;
            var answer = asked.IsCompletedSuccessfully ? asked.Result.AnswerAsync() : Task.CompletedTask;
            await Task.Delay(timeout, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answer.IsCompleted || stopping.IsCancellationRequested)
                continue;
            Hung(logger, timeout.TotalSeconds);
            await asked.Result.Process.KillAsync();
        }
    }

    /// <summary>Kills the worker without a successor.</summary>
    public Task KillAsync()
    {
        stopping.Cancel();
        return ready.Task.IsCompletedSuccessfully ? ready.Task.Result.Process.KillAsync() : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (ready.Task.IsCompletedSuccessfully)
            await ready.Task.Result.StopAsync(options.StopTimeout);
        await keeping;
        ready.TrySetCanceled();
        stopping.Dispose();
    }

    private async Task KeepAsync(Worker worker)
    {
        try
        {
            while (true)
            {
                await Task.WhenAny(worker.Gone, worker.Process.Exited);
                ready = NewReady();
                await worker.StopAsync(options.StopTimeout);
                var code = await worker.Process.Exited;
                stopping.Token.ThrowIfCancellationRequested();
                await worker.DisposeAsync();
                Ended(logger, code);
                worker = await StartAgainAsync(code);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await worker.DisposeAsync();
        }
    }

    private async Task<Worker> StartAgainAsync(int code)
    {
        var told = Task.CompletedTask;
        HostLog.Call(() => told = options.OnExit?.Invoke(code) ?? told);
        await told.WaitAsync(stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var failures = 0; ; failures++)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(failures == 0 ? 0 : Math.Min(Math.Pow(2, failures - 1), 30)), stopping.Token);
                return await StartOneAsync(stopping.Token);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                NotStarted(logger, exception.Message);
            }
        }
    }

    private async Task<Worker> StartOneAsync(CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var folder = Path.GetDirectoryName(options.Assembly)!;
        var channel = rpc.Expect(id);
        channel.OnLog = log.Write;
        hasLostPort = false;
        var process = await options.Start(new WorkerCommand(
            [
                options.Assembly, "--functions-uri", address.ToString(), "--functions-worker-id", id, "--functions-request-id", Guid.NewGuid().ToString(),
                "--functions-grpc-max-message-length", $"{int.MaxValue}",
            ],
            folder,
            new Dictionary<string, string?>(options.Settings)
            {
                ["FUNCTIONS_WORKER_DIRECTORY"] = folder,
                ["FUNCTIONS_APPLICATION_DIRECTORY"] = folder,
                ["DOTNET_STARTUP_HOOKS"] = string.Join(Path.PathSeparator, options.Settings.GetValueOrDefault("DOTNET_STARTUP_HOOKS"), typeof(StartupHook).Assembly.Location).TrimStart(Path.PathSeparator),
            },
            line =>
            {
                hasLostPort = hasLostPort || line.Contains("address already in use", StringComparison.OrdinalIgnoreCase);
                if (!nudges.TryTake(line))
                    log.Write(line);
            }));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.StartTimeout);
            var initialising = Worker.InitialiseAsync(process, channel, folder, limit.Token);
            await Task.WhenAny(initialising, process.Exited, Task.Delay(Timeout.Infinite, limit.Token));
            cancellationToken.ThrowIfCancellationRequested();
            if (process.Exited.IsCompleted)
                throw new FunctionsHostException($"The worker ended with code {await process.Exited} before it was ready.");
            if (limit.IsCancellationRequested)
                throw new FunctionsHostException($"The worker was not ready within {options.StartTimeout.TotalSeconds:0} s.");
            var worker = await initialising;
            HostLog.Call(() => options.OnReady?.Invoke(process));
            ready.TrySetResult(worker);
            return worker;
        }
        catch (Exception exception)
        {
            channel.Close();
            await process.DisposeAsync();
            throw exception is WorkerGoneException ? new FunctionsHostException("The worker ended before it was ready.") : exception;
        }
        finally
        {
            rpc.Forget(id);
        }
    }

    private static TaskCompletionSource<Worker> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "The worker ended with code {Code}; starting the next one")]
    private static partial void Ended(ILogger logger, int code);

    [LoggerMessage(2, LogLevel.Error, "The worker did not start: {Reason}")]
    private static partial void NotStarted(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Error, "The worker did not answer for {Seconds:0} s and is killed")]
    private static partial void Hung(ILogger logger, double seconds);
}
