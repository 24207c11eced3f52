namespace FunctionsHost;

public sealed record FunctionsHostOptions
{
    /// <summary>The app's assembly, with <c>host.json</c> in the same folder.</summary>
    public required string Assembly { get; init; }

    /// <summary>The base URL of HTTP functions, such as <c>http://127.0.0.1:7071</c>.</summary>
    public required string Url { get; init; }

    /// <summary>App settings in addition to this process's environment; null removes a variable.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    /// <summary>The key for every function that requires one, in <c>x-functions-key</c> or <c>?code=</c>. When null, those return 401.</summary>
    public string? FunctionKey { get; init; }

    /// <summary>Replaces the schedule of every timer.</summary>
    public string? TimerSchedule { get; init; }

    /// <summary>Delay before a failed message of a poison queue is redelivered; the platform's ten minutes when null.</summary>
    public TimeSpan? PoisonRetryDelay { get; init; }

    public required Func<WorkerCommand, Task<IWorkerProcess>> Start { get; init; }

    /// <summary>Called with each log line of the host and the worker.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Called with each worker that is ready, the first one included.</summary>
    public Action<IWorkerProcess>? OnReady { get; init; }

    /// <summary>Called with the exit code when a worker ends unexpectedly, before the next one starts.</summary>
    public Func<int, Task>? OnExit { get; init; }

    /// <summary>Timeout for a worker to start and report its functions.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A worker that answers nothing for this long hangs, and is killed; five minutes when null. The platform kills one when a function exceeds <c>functionTimeout</c>.</summary>
    public TimeSpan? HangTimeout { get; init; }

    /// <summary>Time for cancelled functions, and then for the worker, to end before they are left or killed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How to start a worker: arguments for <c>dotnet</c>, and variables in addition to this process's environment.</summary>
public sealed record WorkerCommand(IReadOnlyList<string> Arguments, string Folder, IReadOnlyDictionary<string, string?> Environment, Action<string> OnLine);

/// <summary>The app cannot be hosted. The message says why.</summary>
public sealed class FunctionsHostException(string message) : Exception(message);

public interface IWorkerProcess : IAsyncDisposable
{
    int Id { get; }

    /// <summary>Completes with the exit code when the process ends.</summary>
    Task<int> Exited { get; }

    /// <summary>Kills the process, as <c>kill -9</c>.</summary>
    Task KillAsync();
}
