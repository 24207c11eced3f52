using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Json;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Simulators.Faults;
using Spectre.Console;

namespace FamilyPa.Bench.Replays;

/// <summary>Many messages fail while Azure OpenAI is down; it is repaired, and they are replayed.</summary>
internal static class ReplayBenchmark
{
    private const int Operators = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1000, Description = "How many fail." };
        var command = new Command("replay", "Measures how long many failed messages take to be replayed, and checks that nothing is done twice.") { messages };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(messages)));
        return command;
    }

    private static async Task<int> RunAsync(int messages)
    {
        await using var environment = await CrashEnvironment.StartAsync("replay", 1, skipLeases: false, Console.WriteLine);
        var chatter = new Chatter(1);
        var down = environment.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var promises = await new PacedSender(environment, 100).SendAsync(
            Enumerable.Range(0, messages).Select(_ => chatter.Text()), sent => Console.WriteLine($"{sent} of {messages} sent"), default);
        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var before = await environment.Checker.CountEndsAsync(promises);
        down.Dispose();

        var clock = Stopwatch.StartNew();
        await ReplayAsync(environment.Url, promises);
        var asked = clock.Elapsed;
        // Failed ones are settled already: it is done that they must become.
        await environment.Checker.WaitUntilDoneAsync(promises, Deadline);
        var done = clock.Elapsed;

        var outcome = new Outcome("done", 1);
        var verdict = await environment.Checker.CheckAsync(
            promises, new Expectations(promises.Select(promise => promise.Kind).Distinct().ToDictionary(kind => kind, _ => outcome), MayFail: false),
            environment.SentTo(promises), environment.OpenAI.Billed);
        AnsiConsole.Write(new Table { Title = new TableTitle("Replay of failed messages") }
            .AddColumns("failed", "replays asked for", "all done", "per second")
            .AddRow($"{before.GetValueOrDefault("failed")}", $"{asked.TotalSeconds:0.0} s", $"{done.TotalSeconds:0.0} s", $"{messages / done.TotalSeconds:0}"));
        VerdictTable.Show(verdict);
        return verdict.IsGood && before.GetValueOrDefault("failed") == messages ? 0 : 1;
    }

    private static async Task ReplayAsync(string url, IReadOnlyList<Promise> promises)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Add("x-functions-key", BenchEnvironment.FunctionKey);
        await Parallel.ForEachAsync(promises, new ParallelOptions { MaxDegreeOfParallelism = Operators }, async (promise, cancellation) =>
        {
            using var answer = await http.PostAsJsonAsync("/api/admin/replay-webhook", new { message_sid = promise.MessageSid }, cancellation);
            answer.EnsureSuccessStatusCode();
        });
    }
}
