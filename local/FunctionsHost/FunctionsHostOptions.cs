namespace FunctionsHost;

/// <summary>What is hosted, and how.</summary>
public sealed record FunctionsHostOptions
{
    /// <summary>The app's own assembly, with <c>host.json</c> beside it.</summary>
    public required string Assembly { get; init; }

    /// <summary>Where functions answer HTTP, such as <c>http://127.0.0.1:7071</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The app settings, on top of this process's environment; a null hides a variable.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    /// <summary>Opens every function that asks for a key, in <c>x-functions-key</c> or <c>?code=</c>. Without one those answer 401.</summary>
    public string? FunctionKey { get; init; }

    /// <summary>Takes the place of every timer's own schedule.</summary>
    public string? TimerSchedule { get; init; }

    /// <summary>When a message of a poison queue whose function failed shows again; null: after the platform's ten minutes.</summary>
    public TimeSpan? PoisonRetryDelay { get; init; }

    /// <summary>Starts the worker's process.</summary>
    public required Func<WorkerCommand, Task<IWorkerProcess>> Start { get; init; }

    /// <summary>Called with each line of the host's and the worker's log.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Called with each worker that is ready, the first one included.</summary>
    public Action<IWorkerProcess>? OnReady { get; init; }

    /// <summary>Called with the exit code when a worker has ended without being asked to, each time before the next one is started.</summary>
    public Func<int, Task>? OnExit { get; init; }

    /// <summary>How long a worker may take until its functions are known.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What a worker is started with: arguments of <c>dotnet</c>, and its environment on top of this process's.</summary>
public sealed record WorkerCommand(IReadOnlyList<string> Arguments, string Folder, IReadOnlyDictionary<string, string?> Environment, Action<string> OnLine);

/// <summary>The app cannot be hosted as it is; the message says why.</summary>
public sealed class FunctionsHostException(string message) : Exception(message);

/// <summary>A worker's process.</summary>
public interface IWorkerProcess : IAsyncDisposable
{
    int Id { get; }

    /// <summary>Ends, with the exit code, when the process does.</summary>
    Task<int> Exited { get; }

    /// <summary>Ends it at once, as <c>kill -9</c>.</summary>
    Task KillAsync();
}
