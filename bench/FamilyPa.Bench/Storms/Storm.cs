using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Local.App;
using Spectre.Console;

namespace FamilyPa.Bench.Storms;

/// <summary>Sends thousands of messages while the services around the app fail at random and the app is killed every few seconds; then all faults end.</summary>
internal static class Storm
{
    /// <summary>
    /// Size of the app's pool. Npgsql drops the whole pool when one connection breaks, which is frequent here. With the default of twenty,
    /// PostgreSQL would mostly start processes for new connections.
    /// </summary>
    private const int Connections = 2;

    /// <summary>Keeps the wait in the queue below the sweeper's interval. Otherwise the sweeper queues messages a second time.</summary>
    private const int MostUnfinished = 60;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 10_000, Description = "Number of messages, a fifth of them delivered twice." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of messages and faults." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 50, Description = "Maximum rate per second; lower if the app does not keep up." };
        var faults = new Option<double>("--faults") { DefaultValueFactory = _ => 0.05, Description = "Probability of a fault per request to a service." };
        var killEvery = new Option<double>("--kill-every") { DefaultValueFactory = _ => 5, Description = "Average seconds from start to kill; 0 for no kills." };
        var command = new Command("storm", "Injects faults into all services, kills the app, and checks that nothing is lost or done twice.")
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
        var killing = KillAsync(() => environment.App.Living, environment.App.KillAsync, new Random(seed), killEvery, over.Token);
        var promises = await new PacedSender(environment, rate, MostUnfinished).SendAsync(
            chatter.Endless().Take(messages), sent => Console.WriteLine($"{sent} of {messages} sent after {clock.Elapsed.TotalSeconds:0} s, {environment.App.Deaths} kills"), default);
        await over.CancelAsync();
        await killing;
        var struck = weather.Heal();
        var stormy = clock.Elapsed;
        Console.WriteLine($"all acknowledged after {stormy.TotalSeconds:0} s; faults have ended");

        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var verdict = await environment.Checker.CheckAsync(promises, expectations, environment.SentTo(promises), environment.OpenAI.Billed);
        Show(await environment.Checker.CountEndsAsync(promises), struck, verdict,
            $"Storm, seed {seed}: {messages} messages in {stormy.TotalSeconds:0} s, {environment.App.Deaths} kills, settled {(clock.Elapsed - stormy).TotalSeconds:0} s later");
        return verdict.IsGood ? 0 : 1;
    }

    /// <summary>Kills an app at random times.</summary>
    /// <param name="living">Completes when the app responds.</param>
    /// <param name="every">Average seconds from start to kill; 0 for no kills.</param>
    /// <returns>The number of kills.</returns>
    public static async Task<int> KillAsync(Func<Task> living, Func<Task> kill, Random random, double every, CancellationToken over)
    {
        var kills = 0;
        try
        {
            while (every > 0)
            {
                // Count from the moment the app responds: a busy machine takes seconds to start it.
                await living().WaitAsync(over);
                await Task.Delay(TimeSpan.FromSeconds(every * (0.5 + random.NextDouble())), over);
                await kill();
                kills++;
            }
        }
        catch (OperationCanceledException)
        {
            // The faults have ended.
        }

        return kills;
    }

    private static void Show(
        IReadOnlyDictionary<string, int> ends, IReadOnlyList<(string Name, long Exchanges, long Struck)> services, Verdict verdict, string title)
    {
        Console.WriteLine(title);
        var table = new Table().AddColumns("", "requests", "faults");
        foreach (var (name, exchanges, struck) in services)
            table.AddRow(name, $"{exchanges}", $"{struck} ({(exchanges == 0 ? 0 : 100.0 * struck / exchanges):0.0} %)");
        AnsiConsole.Write(table);
        Console.WriteLine(string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}")));
        VerdictTable.Show(verdict);
    }
}
