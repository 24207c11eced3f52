using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Simulators.Faults;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Storms;

/// <summary>Azure OpenAI is down while messages keep coming; nothing may be given up, hardly a call be made, and all be done soon after, in order.</summary>
internal static class Downtime
{
    private const int Families = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Command()
    {
        var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 2, Description = "How long it is down." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 10, Description = "Messages a second." };
        var command = new Command("downtime", "Takes Azure OpenAI away under load, and checks that nothing is given up and each family's messages keep their order.") { minutes, rate };
        command.SetAction((parsed, _) => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate)));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length, double rate)
    {
        // With the limits that the app has unless told otherwise; only the rates would turn away what this is about.
        await using var environment = await CrashEnvironment.StartAsync("downtime", 1, skipLeases: false, Console.WriteLine, settings =>
        {
            foreach (var limit in (string[])["BreakerFailures", "SenderFailures", "MaxConcurrentJobs"])
                settings.Remove($"Limits__{limit}");
            settings["Pipeline__Lease"] = "00:01:00";
        });
        var chatter = new Chatter(1);
        await environment.LearnAsync([chatter.Text()]);
        var phones = await environment.AddSendersAsync(Families);
        var down = environment.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var clock = Stopwatch.StartNew();
        var sending = new List<Task<Promise>>();
        while (clock.Elapsed < length)
        {
            sending.Add(environment.Sender.SendAsync(chatter.Text(), phones[sending.Count % Families], CancellationToken.None));
            var next = TimeSpan.FromSeconds(sending.Count / rate) - clock.Elapsed;
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.Zero);
        }

        var promises = await Task.WhenAll(sending);
        var calls = down.Hits;
        down.Dispose();
        var back = Stopwatch.StartNew();
        var inTime = await environment.Checker.WaitUntilDoneAsync(promises, Deadline);
        var settled = back.Elapsed;

        await using var database = NpgsqlDataSource.Create(environment.AdminConnection);
        var (poison, disorder, failures) = (
            await CountAsync(database, "select count(*) from poison_messages"),
            // Of those that were not tried in vain: when each was taken up first, by family.
            await CountAsync(
                database,
                """
                with begun as (
                  select j.id, j.family_id, j.received_at, (select min(a.created_at) from job_attempts a where a.job_id = j.id) as at
                  from processing_jobs j where not exists (select from job_attempts a where a.job_id = j.id and a.outcome <> 'succeeded')),
                ordered as (select at, max(at) over (partition by family_id order by received_at rows between unbounded preceding and 1 preceding) as before from begun)
                select count(*) from ordered where at < before - interval '0.3 seconds'
                """),
            await CountAsync(database, "select count(distinct a.id) from job_attempts a where a.dependency = 'chat'"));
        AnsiConsole.Write(new Table { Title = new TableTitle($"Azure OpenAI away for {length.TotalMinutes:0.#} min, {promises.Length} messages") }
            .AddColumns("calls while down", "attempts that failed", "dead letters", "out of order", "all done after")
            .AddRow($"{calls}", $"{failures}", $"{poison}", $"{disorder}", inTime ? $"{settled.TotalSeconds:0} s" : "not in 5 min"));
        return inTime && poison == 0 && disorder == 0 ? 0 : 1;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
