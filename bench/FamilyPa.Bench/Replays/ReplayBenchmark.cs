using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using Spectre.Console;

namespace FamilyPa.Bench.Replays;

/// <summary>Lets many messages fail while Azure OpenAI is down, and then measures their replay.</summary>
internal static class ReplayBenchmark
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1000, Description = "Number of failed messages." };
        var command = new Command("replay", "Measures the replay of many failed messages, and checks that nothing is done twice.") { messages };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(messages)));
        return command;
    }

    private static async Task<int> RunAsync(int messages)
    {
        await using var environment = await CrashEnvironment.StartAsync("replay", 1, skipLeases: false, Console.WriteLine);
        var chatter = new RandomMessages(1);
        var down = environment.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var promises = await new PacedSender(environment, 100).SendAsync(
            Enumerable.Range(0, messages).Select(_ => chatter.Text()), sent => Console.WriteLine($"{sent} of {messages} sent"), default);
        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var before = await environment.Checker.CountEndsAsync(promises);
        down.Dispose();

        var clock = Stopwatch.StartNew();
        await ReplayAsync(environment.Url);
        var accepted = clock.Elapsed;
        // Failed messages already count as settled, so wait for done.
        await environment.Checker.WaitUntilDoneAsync(promises, Deadline);
        var done = clock.Elapsed;

        var outcome = new Outcome("done", 1);
        var verdict = await environment.Checker.CheckAsync(
            promises, new Expectations(promises.Select(promise => promise.Kind).Distinct().ToDictionary(kind => kind, _ => outcome), MayFail: false),
            environment.SentTo(promises), environment.OpenAI.Billed);
        AnsiConsole.Write(new Table { Title = new TableTitle("Replay of failed messages") }
            .AddColumns("failed", "replays accepted", "all done", "per second")
            .AddRow($"{before.GetValueOrDefault("failed")}", $"{accepted.TotalSeconds:0.0} s", $"{done.TotalSeconds:0.0} s", $"{messages / done.TotalSeconds:0}"));
        VerdictTable.Show(verdict);
        return verdict.IsGood && before.GetValueOrDefault("failed") == messages ? 0 : 1;
    }

    /// <summary>Runs the operator's command with its progress bar.</summary>
    private static async Task ReplayAsync(string url)
    {
        using var familypa = Process.Start(new ProcessStartInfo(
            AppBuild.DotNet, [Path.Combine(AppContext.BaseDirectory, "familypa.dll"), "replay", "--status", "failed", "--yes"])
        {
            Environment = { ["FAMILYPA_URL"] = url, ["FAMILYPA_KEY"] = BenchEnvironment.FunctionKey },
        })!;
        await familypa.WaitForExitAsync();
        if (familypa.ExitCode != 0)
            throw new InvalidOperationException($"familypa replay ended with {familypa.ExitCode}.");
    }
}
