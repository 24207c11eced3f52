using System.Diagnostics;
using FamilyPa.Core.Settings;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Running;
using FamilyPa.Local.Services;
using FamilyPa.Tests.Infrastructure;
using AppSettings = FamilyPa.Local.App.AppSettings;

namespace FamilyPa.Tests.Local.LocalRun;

/// <summary>The local run as a developer starts it, with its own state folder.</summary>
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

    public Task<(bool Succeeded, string Output)> TryAgainAsync() =>
        ChildProcess.RunAsync(Start(null), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    public Task KillAsync() => process.KillAsync();

    public static async Task WaitUntilNothingListensAsync(RunFile file)
    {
        int[] ports =
        [
            new Uri(file.BaseUrl).Port, new Uri(file.Phone!).Port, new Uri(file.Twilio.ApiBaseUrl).Port, new Uri(file.Openai.Endpoint).Port,
            ConnectionStrings.Parse(file.Postgres).Port, new StorageAccount(file.Storage).Queue("extract").Uri.Port,
        ];
        var clock = Stopwatch.StartNew();
        while (ports.FirstOrDefault(port => !LoopbackPort.IsFree(port)) is var port and not 0)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(10))
                throw new InvalidOperationException($"Something still listens at port {port}.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.Exited.IsCompleted)
        {
            var file = ReadFile();
            await process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(20));
            await WaitUntilNothingListensAsync(file);
            if (File.Exists(FilePath))
                throw new InvalidOperationException($"The run ended with code {await process.Exited} and left {FilePath}.");
        }

        await process.DisposeAsync();
        scratch.Dispose();
    }

    private ChildStart Start(Action<string>? onLine) => new(
        AppBuild.DotNet, Path.Combine(AppContext.BaseDirectory, "FamilyPa.Local.dll"), "--no-build")
    {
        // Hide the developer's external services.
        Environment = AppSettings.GivenInEnvironment().ToDictionary(name => name, _ => (string?)null)
            .Append(new("FAMILYPA_LOCAL_STATE", scratch.Path)).ToDictionary(),
        OnLine = onLine,
    };
}
