using FamilyPa.Local;
using FamilyPa.Local.App;

namespace FamilyPa.Bench.Crashes;

/// <summary>The app as a process that may die at any time, and is started again at once.</summary>
internal sealed class CrashingApp : IAsyncDisposable
{
    private volatile AppStart start;
    private readonly Func<Task> mourn;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;
    private volatile TaskCompletionSource living = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile AppProcess process;
    private int deaths;

    private CrashingApp(AppStart start, Func<Task> mourn, AppProcess process)
    {
        this.start = start;
        this.mourn = mourn;
        this.process = process;
        living.SetResult();
        watching = WatchAsync();
    }

    public int Deaths => Volatile.Read(ref deaths);

    /// <param name="mourn">Done after each death, before the app is started again.</param>
    public static async Task<CrashingApp> StartAsync(AppStart start, Func<Task> mourn) => new(start, mourn, await AppProcess.StartAsync(start));

    /// <summary>Ends when the app answers, which it does but for the moments after a death.</summary>
    public Task Living => living.Task;

    /// <summary>As <c>kill -9</c>.</summary>
    public Task KillAsync()
    {
        BeDead();
        return process.KillAsync();
    }

    /// <summary>Its next life, which begins now, has these settings.</summary>
    public Task ChangeAsync(IReadOnlyDictionary<string, string?> settings)
    {
        start = start with { Settings = settings };
        return KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        await process.DisposeAsync();
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await process.Exited.WaitAsync(stopping.Token);
                BeDead();
                await process.DisposeAsync();
                process = await StartAgainAsync();
                living.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private void BeDead()
    {
        if (living.Task.IsCompleted)
            living = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task<AppProcess> StartAgainAsync()
    {
        while (true)
        {
            Interlocked.Increment(ref deaths);
            await mourn();
            try
            {
                return await AppProcess.StartAsync(start, stopping.Token);
            }
            catch (LocalRunException)
            {
                // It may be ordered to die before it answers.
                stopping.Token.ThrowIfCancellationRequested();
            }
        }
    }
}
