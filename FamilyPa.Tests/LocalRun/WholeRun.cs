using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Running;
using FamilyPa.Local.Services;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.LocalRun;

/// <summary>The local run as a developer starts it, with state of its own, so that it does not meet the developer's.</summary>
public sealed class WholeRun : IAsyncLifetime
{
    private ScratchFolder scratch = null!;
    private ChildProcess process = null!;

    public string FilePath => Path.Combine(scratch.Path, "run.json");

    public string Output => process.Output.ToString();

    public async ValueTask InitializeAsync()
    {
        scratch = await ScratchFolder.CreateAsync();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = await ChildProcess.StartAsync(Start(line =>
        {
            if (line.Contains("Family PA is running", StringComparison.Ordinal))
                ready.TrySetResult();
        }));
        if (await Task.WhenAny(ready.Task, process.Exited).WaitAsync(TimeSpan.FromMinutes(3)) != ready.Task)
            throw new InvalidOperationException($"The local run did not start:{Environment.NewLine}{Output}");
    }

    public RunFile ReadFile() => RunFile.Read(FilePath)!;

    public static int QueuePort(RunFile file) => new StorageAccount(file.Storage).Queue("extract").Uri.Port;

    public Task<(bool Succeeded, string Output)> TryAgainAsync() => ChildProcess.RunAsync(Start(null), TestContext.Current.CancellationToken);

    public async Task EndAsync(Signal signal)
    {
        Signals.Send(process.Id, signal);
        await process.Exited.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(20));
        await process.DisposeAsync();
        scratch.Dispose();
    }

    private ChildStart Start(Action<string>? onLine) => new(
        AppBuild.DotNet, Path.Combine(AppContext.BaseDirectory, "FamilyPa.Local.dll"), "--no-build")
    {
        // The developer's own outside services stay out of it.
        Environment = AppSettings.GivenInEnvironment().ToDictionary(name => name, _ => (string?)null)
            .Append(new("FAMILYPA_LOCAL_STATE", scratch.Path)).ToDictionary(),
        OnLine = onLine,
    };
}
