using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Traffic;
using FamilyPa.Simulators.Faults;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Storms;

/// <summary>Azure OpenAI is down under load. No message may fail, few calls may be made, and all messages must be done soon after, in order.</summary>
internal static class Downtime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Command()
    {
        var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 2, Description = "Length of the downtime." };
        var families = new Option<int>("--families") { DefaultValueFactory = _ => 100, Description = "Number of senders, each in its own family." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 10, Description = "Messages per second." };
        var command = new Command("downtime", "Takes Azure OpenAI down under load, and checks that no message fails and each family's messages keep their order.") { minutes, rate, families };
        command.SetAction((parsed, _) => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate), parsed.GetValue(families)));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length, double rate, int families)
    {
        // The app's default limits, except for rates, which would throttle the load.
        await using var environment = await CrashEnvironment.StartAsync("downtime", 1, skipLeases: false, Console.WriteLine, settings =>
        {
            foreach (var limit in (string[])["BreakerFailures", "SenderFailures", "MaxConcurrentJobs"])
                settings.Remove($"Limits__{limit}");
            settings["Pipeline__Lease"] = "00:01:00";
            // host.json's value. With the short one of other runs, the first message would use up its five attempts before the breaker opens.
            settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:30";
        });
        var chatter = new RandomMessages(1);
        await environment.LearnAsync([chatter.Text()]);
        var phones = await environment.AddSendersAsync(families);
        var down = environment.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var clock = Stopwatch.StartNew();
        var sending = new List<Task<SentMessage>>();
        while (clock.Elapsed < length)
        {
            sending.Add(environment.Sender.SendAsync(chatter.Text(), phones[sending.Count % families], CancellationToken.None));
            var next = TimeSpan.FromSeconds(sending.Count / rate) - clock.Elapsed;
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.Zero);
        }

        var promises = await Task.WhenAll(sending);
        var calls = down.Hits;
        down.Dispose();
        var back = Stopwatch.StartNew();
        var inTime = await environment.Checker.WaitUntilDoneAsync(promises, Deadline);
        var settled = back.Elapsed;
        var sids = promises.Select(promise => promise.MessageSid).ToArray();

        await using var database = NpgsqlDataSource.Create(environment.AdminConnection);
        var (poison, disorder, replies, failures) = (
            await CountAsync(database, "select count(*) from poison_messages"),
            // Messages with an end, task or reply before that of an earlier message of the same family.
            await CountAsync(
                database,
                """
                with ends as (
                  select j.family_id, j.received_at, j.message_sid, j.completed_at, t.at as made_at, o.created_at as meant_at
                  from processing_jobs j
                  left join (select source_message_sid, min(created_at) as at from tasks group by 1) t on t.source_message_sid = j.message_sid
                  left join outbound_messages o on o.message_sid = j.message_sid
                  where j.message_sid = any ($1)),
                ordered as (
                  select *, max(completed_at) over earlier as completed_before, max(made_at) over earlier as made_before, max(meant_at) over earlier as meant_before
                  from ends window earlier as (partition by family_id order by received_at, message_sid rows between unbounded preceding and 1 preceding))
                select count(*) from ordered where completed_at < completed_before or made_at < made_before or meant_at < meant_before
                """,
                sids),
            // Replies that Twilio got before the reply to an earlier message of the same family.
            await CountAsync(
                database,
                """
                with replies as (
                  select j.family_id, j.received_at, j.message_sid, s.n
                  from processing_jobs j join outbound_messages o on o.message_sid = j.message_sid join unnest($2) with ordinality s (sid, n) on s.sid = o.provider_sid
                  where j.message_sid = any ($1)),
                ordered as (
                  select n, max(n) over (partition by family_id order by received_at, message_sid rows between unbounded preceding and 1 preceding) as before from replies)
                select count(*) from ordered where n < before
                """,
                sids, environment.Twilio.Sent.Select(message => message.Sid).ToArray()),
            await CountAsync(database, "select count(distinct a.id) from job_attempts a where a.dependency = 'chat'"));
        AnsiConsole.Write(new Table { Title = new TableTitle($"Azure OpenAI down for {length.TotalMinutes:0.#} min, {promises.Length} messages") }
            .AddColumns("calls while down", "failed attempts", "dead letters", "done out of order", "replied out of order", "all done after")
            .AddRow($"{calls}", $"{failures}", $"{poison}", $"{disorder}", $"{replies}", inTime ? $"{settled.TotalSeconds:0} s" : "not in 5 min"));
        return inTime && poison == 0 && disorder == 0 && replies == 0 ? 0 : 1;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql, params string[][] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
