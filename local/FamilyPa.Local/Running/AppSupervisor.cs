using System.Diagnostics;
using FamilyPa.Local.App;

namespace FamilyPa.Local.Running;

/// <summary>Keeps the app running, as the platform does: whatever ends it, it is started again.</summary>
internal sealed class AppSupervisor : IAsyncDisposable
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly AppStart start;
    private readonly Action<string> tell;
    private readonly Action<AppProcess> started;
    private readonly CancellationTokenSource stopping = new();
    private AppProcess app;
    private Task loop = Task.CompletedTask;

    private AppSupervisor(AppStart start, AppProcess app, Action<AppProcess> started, Action<string> tell)
    {
        this.start = start;
        this.app = app;
        this.started = started;
        this.tell = tell;
    }

    /// <param name="started">Told each new process, the first one included.</param>
    /// <param name="tell">Told each end and why.</param>
    public static async Task<AppSupervisor> StartAsync(
        AppStart start, Action<AppProcess> started, Action<string> tell, CancellationToken cancellationToken)
    {
        var app = await AppProcess.StartAsync(start, cancellationToken);
        started(app);
        var supervisor = new AppSupervisor(start, app, started, tell);
        supervisor.loop = supervisor.WatchAsync();
        return supervisor;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        var quickEnds = 0;
        try
        {
            while (true)
            {
                var life = Stopwatch.StartNew();
                var code = await app.Exited.WaitAsync(stopping.Token);
                quickEnds = life.Elapsed < Settled ? quickEnds + 1 : 0;
                tell($"The app ended with code {code}; starting it again.{(quickEnds > 1 ? Environment.NewLine + app.Output.Last(20) : "")}");
                await app.DisposeAsync();
                // One crash is answered at once; an app that cannot live is not started in a tight loop.
                while (!await TryStartAsync(Pause(quickEnds)))
                    quickEnds++;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task<bool> TryStartAsync(TimeSpan pause)
    {
        await Task.Delay(pause, stopping.Token);
        try
        {
            app = await AppProcess.StartAsync(start, stopping.Token);
            started(app);
            return true;
        }
        catch (LocalRunException exception)
        {
            tell(exception.Message);
            return false;
        }
    }

    private static TimeSpan Pause(int quickEnds) =>
        quickEnds <= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, quickEnds - 2), LongestPause.TotalSeconds));
}
