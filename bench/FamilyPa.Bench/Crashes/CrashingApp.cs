using FamilyPa.Local;
using FamilyPa.Local.App;

namespace FamilyPa.Bench.Crashes;

/// <summary>The app as a process that may die at any time; its host starts the next one at once.</summary>
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

    /// <summary>Ends when the app answers, which it does but for the moments after a death.</summary>
    public Task Living => living.Task;

    /// <param name="mourn">Done after each death, before the app is started again.</param>
    public static async Task<CrashingApp> StartAsync(AppStart start, Func<Task> mourn)
    {
        var app = new CrashingApp(start, mourn);
        app.process = await AppProcess.StartAsync(app.start);
        return app;
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public Task KillAsync()
    {
        BeDead();
        return process.CrashAsync();
    }

    /// <summary>It dies, with its host, and its next life has these settings.</summary>
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
                // It may be ordered to die before it answers.
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
