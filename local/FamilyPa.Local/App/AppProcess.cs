using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <param name="Settings">What the app finds in its environment; a null hides a variable of ours.</param>
public sealed record AppStart(string BaseUrl, IReadOnlyDictionary<string, string?> Settings)
{
    public string Assembly { get; init; } = AppBuild.Assembly;

    /// <summary>Everything the app writes, this run's only.</summary>
    public string? LogFile { get; init; }

    public string? RecordFile { get; init; }

    public Action<string>? OnLine { get; init; }

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The app as a process of its own, as the platform runs it.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly ChildProcess process;
    private readonly StreamWriter? log;

    private AppProcess(ChildProcess process, StreamWriter? log, string baseUrl)
    {
        this.process = process;
        this.log = log;
        BaseUrl = baseUrl;
    }

    public string BaseUrl { get; }

    public int ProcessId => process.Id;

    /// <summary>Ends, with the exit code, when the process does.</summary>
    public Task<int> Exited => process.Exited;

    public OutputTail Output => process.Output;

    /// <summary>Returns once the app answers.</summary>
    public static async Task<AppProcess> StartAsync(AppStart start, CancellationToken cancellationToken = default)
    {
        var program = FunctionsHost.IsUsed ? FunctionsHost.Start(start.Settings) : Built(start);
        var log = start.LogFile is null ? null : OpenLog(start.LogFile);
        var process = await ChildProcess.StartAsync(program with
        {
            RecordFile = start.RecordFile,
            OnLine = line =>
            {
                if (log is not null)
                    lock (log)
                        log.WriteLine(line);
                start.OnLine?.Invoke(line);
            },
        });
        var app = new AppProcess(process, log, start.BaseUrl);
        try
        {
            await app.WaitUntilLiveAsync(start.Patience, cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Holds it, so that it costs nothing while nobody needs it, or lets it go on.</summary>
    public void Pause(bool paused) => process.Pause(paused);

    /// <summary>As a crash: nothing is finished, nothing is said.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>As the platform asks: work in hand may end first. The platform's host gives it ten seconds before it asks its functions to end.</summary>
    public Task StopAsync() => process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(FunctionsHost.IsUsed ? 30 : 10));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
        if (log is not null)
            lock (log)
                log.Dispose();
    }

    private static ChildStart Built(AppStart start) =>
        File.Exists(start.Assembly)
            ? new ChildStart(AppBuild.DotNet, start.Assembly) { WorkingDirectory = Path.GetDirectoryName(start.Assembly), Environment = start.Settings }
            : throw new LocalRunException($"The app is not built: there is no {start.Assembly}.");

    private async Task WaitUntilLiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        while (!process.Exited.IsCompleted)
        {
            try
            {
                using var answer = await Http.GetAsync($"{BaseUrl}/api/health/live", limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!limit.IsCancellationRequested)
            {
                // Listening, and too busy to answer.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LocalRunException($"The app did not answer {BaseUrl}/api/health/live within {patience.TotalSeconds:0} s:{Environment.NewLine}{Output.Last(40)}");
            }

            await Task.WhenAny(process.Exited, Task.Delay(25, CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
        }

        // Its last words may still be in the pipe.
        await Task.Delay(100, CancellationToken.None);
        throw new LocalRunException($"The app ended with code {await process.Exited} before it answered:{Environment.NewLine}{Output.Last(40)}");
    }

    private static StreamWriter OpenLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }
}
