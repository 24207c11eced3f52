using FamilyPa.Local.Processes;
using FunctionsHost;

namespace FamilyPa.Local.App;

/// <param name="Settings">The app's environment; null removes an inherited variable.</param>
public sealed record AppStart(string BaseUrl, string FunctionKey, IReadOnlyDictionary<string, string?> Settings)
{
    public string Assembly { get; init; } = AppBuild.Assembly;

    /// <summary>The published app that the platform's own host runs instead of <see cref="Assembly"/>.</summary>
    public string PublishedFolder { get; init; } = AppPublication.Folder;

    /// <summary>The path that is polled until the app under the platform's own host responds.</summary>
    public string LivePath { get; init; } = "/api/health/live";

    /// <summary>Changes further options of the local host.</summary>
    public Func<FunctionsHostOptions, FunctionsHostOptions> LocalHost { get; init; } = options => options;

    /// <summary>Log file for the output of the app and its host.</summary>
    public string? LogFile { get; init; }

    public string? RecordFile { get; init; }

    /// <summary>Called with the process id of each worker, the first one included.</summary>
    public Action<int>? OnReady { get; init; }

    /// <summary>Called when the worker process has exited without being stopped, before the next one starts.</summary>
    public Func<int, Task>? OnExit { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Runs the app as the platform does: a worker process behind a host, which is the local one in this process or the platform's own.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private readonly AppStart start;
    private readonly StreamWriter? log;
    private LocalHost? host;
    private PlatformHost? platform;
    private volatile IWorkerProcess? worker;

    private AppProcess(AppStart start)
    {
        this.start = start;
        log = start.LogFile is null ? null : OpenLog(start.LogFile);
    }

    public string BaseUrl => start.BaseUrl;

    /// <summary>The worker's process id; under the platform's own host, the host's.</summary>
    public int ProcessId => worker!.Id;

    public OutputTail Output { get; } = new();

    /// <summary>Starts the app and waits until it responds.</summary>
    /// <exception cref="LocalRunException">The app did not start. The message ends with the app's last lines of output.</exception>
    public static async Task<AppProcess> StartAsync(AppStart start, CancellationToken cancellationToken = default)
    {
        var app = new AppProcess(start);
        try
        {
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch (Exception exception)
        {
            await app.DisposeAsync();
            if (exception is not FunctionsHostException and not LocalRunException and not IOException)
                throw;
            throw new LocalRunException($"{exception.Message}{Environment.NewLine}{app.Output.Last(40)}");
        }
    }

    /// <summary>Suspends the app, so that it uses no CPU while it is not needed, or resumes it.</summary>
    public async Task PauseAsync(bool paused)
    {
        if (host is not null && paused)
            await host.PauseAsync();
        Signals.Pause(ProcessId, paused);
        if (host is not null && !paused)
            await host.ResumeAsync();
    }

    /// <summary>Kills the worker, as a crash does. The host starts the next one.</summary>
    public Task CrashAsync() => worker!.KillAsync();

    /// <summary>Kills the worker and the host. Nothing restarts.</summary>
    public Task KillAsync() => host?.KillAsync() ?? platform?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Stops the app gracefully: functions in progress may finish.</summary>
    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        if (platform is not null)
            await platform.DisposeAsync();
        if (log is not null)
            lock (log)
                log.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (PlatformHost.IsUsed)
        {
            platform = await PlatformHost.StartAsync(PlatformHost.Find(), start, Write, cancellationToken);
            worker = platform.Process;
            start.OnReady?.Invoke(ProcessId);
            return;
        }

        if (!File.Exists(start.Assembly))
            throw new LocalRunException($"The app is not built: there is no {start.Assembly}.");
        host = await LocalHost.StartAsync(
            start.LocalHost(new FunctionsHostOptions
            {
                Assembly = start.Assembly,
                Url = start.BaseUrl,
                Settings = start.Settings,
                FunctionKey = start.FunctionKey,
                Start = StartWorkerAsync,
                OnLine = Write,
                OnReady = process =>
                {
                    worker = process;
                    start.OnReady?.Invoke(process.Id);
                },
                OnExit = start.OnExit,
                StartTimeout = start.Timeout,
            }),
            cancellationToken);
    }

    private async Task<IWorkerProcess> StartWorkerAsync(WorkerCommand command) =>
        await ChildProcess.StartAsync(new ChildStart(AppBuild.DotNet, [.. command.Arguments])
        {
            WorkingDirectory = command.Folder,
            Environment = command.Environment,
            RecordFile = start.RecordFile,
            OnLine = command.OnLine,
        });

    private void Write(string line)
    {
        Output.Add(line);
        if (log is not null)
            lock (log)
                log.WriteLine(line);
    }

    private static StreamWriter OpenLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }
}
