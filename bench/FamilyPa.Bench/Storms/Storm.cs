using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Local.App;
using Spectre.Console;

namespace FamilyPa.Bench.Storms;

/// <summary>Thousands of messages while everything around the app breaks now and then and the app itself is killed every few seconds; then the sky clears.</summary>
internal static class Storm
{
    /// <summary>
    /// Of the app's pool. Npgsql drops all of it when one connection breaks, and in a storm they break all the time: with the usual twenty
    /// PostgreSQL does little but start processes for new ones.
    /// </summary>
    private const int Connections = 2;

    /// <summary>So that a message stands in line for less than the sweeper waits: what it queues again meanwhile stands there twice.</summary>
    private const int MostUnfinished = 60;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 10_000, Description = "How many, a fifth of them delivered twice." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Decides what is sent and what breaks." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 50, Description = "Messages a second at most; fewer where the app does not keep up." };
        var faults = new Option<double>("--faults") { DefaultValueFactory = _ => 0.05, Description = "The share that is struck of all requests to each of the services." };
        var killEvery = new Option<double>("--kill-every") { DefaultValueFactory = _ => 5, Description = "Seconds that the app lives from start to kill, on average; 0 for ever." };
        var command = new Command("storm", "Breaks everything around the app and the app itself, and checks that nothing is lost or done twice.")
        {
            messages, seed, rate, faults, killEvery,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(messages), parsed.GetValue(seed), parsed.GetValue(rate), parsed.GetValue(faults), parsed.GetValue(killEvery)));
        return command;
    }

    private static async Task<int> RunAsync(int messages, int seed, double rate, double faults, double killEvery)
    {
        await using var environment = await CrashEnvironment.StartAsync("storm", seed, skipLeases: false, Console.WriteLine, settings =>
        {
            settings[AppSettings.Postgres] += $";Maximum Pool Size={Connections}";
            settings["Pipeline__SweepAfter"] = "00:00:20";
        });
        var chatter = new RandomMessages(seed);
        var expectations = new Expectations(await environment.LearnAsync(chatter.OneOfEach()), MayFail: true);
        var weather = new FaultSchedule(environment, seed);
        var clock = Stopwatch.StartNew();

        weather.Break(faults);
        using var over = new CancellationTokenSource();
        var killing = KillAsync(environment.App, new Random(seed), killEvery, over.Token);
        var promises = await new PacedSender(environment, rate, MostUnfinished).SendAsync(
            chatter.Endless().Take(messages), sent => Console.WriteLine($"{sent} of {messages} sent after {clock.Elapsed.TotalSeconds:0} s, {environment.App.Deaths} kills"), default);
        await over.CancelAsync();
        await killing;
        var struck = weather.Heal();
        var stormy = clock.Elapsed;
        Console.WriteLine($"all acknowledged after {stormy.TotalSeconds:0} s; the sky is clear");

        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var verdict = await environment.Checker.CheckAsync(promises, expectations, environment.SentTo(promises), environment.OpenAI.Billed);
        Show(await environment.Checker.CountEndsAsync(promises), struck, verdict,
            $"Storm, seed {seed}: {messages} messages in {stormy.TotalSeconds:0} s, {environment.App.Deaths} kills, settled {(clock.Elapsed - stormy).TotalSeconds:0} s later");
        return verdict.IsGood ? 0 : 1;
    }

    private static async Task KillAsync(CrashingApp app, Random random, double every, CancellationToken over)
    {
        try
        {
            while (every > 0)
            {
                // A busy machine takes seconds to start it. Those are no part of its life, or it would get nothing done between two kills.
                await app.Living.WaitAsync(over);
                await Task.Delay(TimeSpan.FromSeconds(every * (0.5 + random.NextDouble())), over);
                await app.KillAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The storm is over.
        }
    }

    private static void Show(
        IReadOnlyDictionary<string, int> ends, IReadOnlyList<(string Name, long Exchanges, long Struck)> services, Verdict verdict, string title)
    {
        Console.WriteLine(title);
        var table = new Table().AddColumns("", "requests", "struck");
        foreach (var (name, exchanges, struck) in services)
            table.AddRow(name, $"{exchanges}", $"{struck} ({(exchanges == 0 ? 0 : 100.0 * struck / exchanges):0.0} %)");
        AnsiConsole.Write(table);
        Console.WriteLine(string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}")));
        VerdictTable.Show(verdict);
    }
}
