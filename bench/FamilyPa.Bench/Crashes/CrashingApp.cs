using FamilyPa.Local;
using FamilyPa.Local.App;

namespace FamilyPa.Bench.Crashes;

/// <summary>The app as a process that may die at any time. Its host restarts it at once.</summary>
internal sealed class CrashingApp : IAsyncDisposable
{
    private readonly Func<Task> mourn;
    private AppStart start;
    private volatile TaskCompletionSource living = NewLiving();
    private volatile AppProcess process = null!;
    private int deaths;

    private CrashingApp(AppStart start, Func<Task> mourn)
    {
        this.mourn = mourn;
        this.start = start with { OnReady = _ => living.TrySetResult(), OnExit = _ => MournAsync() };
    }

    public int Deaths => Volatile.Read(ref deaths);

    /// <summary>Completes when the app responds, that is, except shortly after a death.</summary>
    public Task Living => living.Task;

    /// <param name="mourn">Called after each death, before the restart.</param>
    public static async Task<CrashingApp> StartAsync(AppStart start, Func<Task> mourn)
    {
        var app = new CrashingApp(start, mourn);
        app.process = await AppProcess.StartAsync(app.start);
        return app;
    }

    /// <summary>Kills the worker, as <c>kill -9</c>.</summary>
    public Task KillAsync()
    {
        BeDead();
        return process.CrashAsync();
    }

    /// <summary>Kills the app and its host, and restarts both with these settings.</summary>
    public async Task ChangeAsync(IReadOnlyDictionary<string, string?> settings)
    {
        BeDead();
        await process.KillAsync();
        start = start with { Settings = settings };
        while (true)
        {
            await MournAsync();
            try
            {
                process = await AppProcess.StartAsync(start);
                return;
            }
            catch (LocalRunException)
            {
                // A fail point may kill the app before it responds.
            }
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task MournAsync()
    {
        BeDead();
        Interlocked.Increment(ref deaths);
        await mourn();
    }

    private void BeDead()
    {
        if (living.Task.IsCompleted)
            living = NewLiving();
    }

    private static TaskCompletionSource NewLiving() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
