using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Faults;
using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Storms;

/// <summary>The database, then the storage account, then both are unavailable for a minute under load.</summary>
internal static class Outage
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Command()
    {
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60, Description = "Length of each outage." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 5, Description = "Messages per second; fewer while Twilio has to retry." };
        var command = new Command("outage", "Takes the database, the storage account and both down under load, and checks that nothing is lost or done twice.") { seconds, rate };
        command.SetAction((parsed, _) => RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rate)));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length, double rate)
    {
        await using var environment = await CrashEnvironment.StartAsync("outage", 1, skipLeases: false, Console.WriteLine);
        var chatter = new RandomMessages(1);
        // No accepted message may fail, because an outage costs no attempt.
        var expectations = new Expectations(await environment.LearnAsync(chatter.OneOfEach()), MayFail: false);
        (string Name, FaultProxy[] Away)[] outages =
        [
            ("the database", [environment.Database]),
            ("the storage account", [environment.Queues, environment.Blobs]),
            ("both", [environment.Database, environment.Queues, environment.Blobs]),
        ];
        var good = true;
        foreach (var (name, away) in outages)
        {
            var messages = (int)((length + (2 * Margin)).TotalSeconds * rate);
            var sending = new PacedSender(environment, rate).SendAsync(chatter.Endless().Take(messages), _ => { }, default);
            await Task.Delay(Margin);
            Array.ForEach(away, proxy => proxy.IsRefusing = true);
            await Task.Delay(length);
            Array.ForEach(away, proxy => proxy.IsRefusing = false);
            var back = Stopwatch.StartNew();
            var promises = await sending;
            await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
            var verdict = await environment.Checker.CheckAsync(promises, expectations, environment.SentTo(promises), environment.OpenAI.Billed);
            Console.WriteLine($"{name} down for {length.TotalSeconds:0} s: {promises.Count} messages, all settled {back.Elapsed.TotalSeconds:0} s after");
            VerdictTable.Show(verdict);
            good &= verdict.IsGood;
        }

        return good ? 0 : 1;
    }
}
