using System.Diagnostics;
using System.Runtime.InteropServices;
using FamilyPa.Local.Demo;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Running;
using Spectre.Console;

namespace FamilyPa.Local;

/// <summary>The command: starts everything, shows where it runs, waits for Ctrl+C (or runs the demo), and stops everything.</summary>
internal static class LocalRunner
{
    public static async Task<int> RunAsync(RunOptions options)
    {
        var console = AnsiConsole.Console;
        // Redirected output has no width, and links must not be wrapped.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 200;
        using var alone = FileLock.TryAcquire(LocalData.Lock);
        if (alone is null)
            return Fail(console, $"Family PA already runs from this clone{WhereItRuns()}. Stop it first (Ctrl+C there).");

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        _ = ParentWatch.RunAsync(stop.Cancel, stop.Token);
        var clock = Stopwatch.StartNew();
        await using var run = new LocalRun { Options = options, Outside = Outside.FromEnvironment(), Tell = text => console.WriteLine(text) };
        try
        {
            await Steps.ShowAsync(console, async steps =>
            {
                await run.StartAsync(steps, stop.Token);
                return 0;
            });
            if (options.Demo)
                return await DemoRun.RunAsync(run, console, stop.Token) is { } reason ? Fail(console, reason) : 0;
            Screen.Show(console, run, clock.Elapsed);
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            console.WriteLine("Stopping.");
        }
        catch (LocalRunException exception)
        {
            return Fail(console, exception.Message);
        }

        return 0;

        // A second signal ends this process at once, and its children end with it.
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static int Fail(IAnsiConsole console, string reason)
    {
        console.Write(new Text(reason + Environment.NewLine, new Style(Color.Red)));
        return 1;
    }

    private static string WhereItRuns() =>
        RunFile.Read(RunFile.DefaultPath) is { } other ? $": {other.BaseUrl} (process {other.Pid})" : "";
}
