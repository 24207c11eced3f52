using FamilyPa.Bench.Crashes;
using FamilyPa.Bench.Storms;
using FamilyPa.Bench.Traffic;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Peers;

/// <summary>Checks the promises of the app and of the peers while their processes are killed, and Twilio delivers messages twice.</summary>
internal static class PeerKills
{
    private const double PerSecond = 20;
    private const double KillEvery = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Second replies may come later: Hangfire runs a dead process's job again after ten seconds.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(20);

    /// <returns>By name: kills, and the messages that were lost or doubled.</returns>
    public static async Task<Dictionary<string, Dictionary<string, int>>> RunAsync(string app, int messages)
    {
        await using var environment = await CrashEnvironment.StartAsync("peers", 1, skipLeases: false, AnsiConsole.WriteLine);
        var results = new Dictionary<string, Dictionary<string, int>>
        {
            [app] = await RunAsync(environment, app, messages, environment.AdminConnection, () => environment.App.Living, environment.App.KillAsync),
        };
        // Its reconciler would find the peers' messages at Twilio and answer them too.
        await environment.App.DisposeAsync();
        foreach (var name in PeerProcess.Names)
        {
            await using var peer = await PeerProcess.StartAsync(name, environment.Bench, AnsiConsole.WriteLine);
            environment.Twilio.WebhookUrl = peer.WebhookUrl;
            results[name] = await RunAsync(environment, name, messages, peer.ConnectionString, () => Task.CompletedTask, peer.KillAsync);
        }

        return results;
    }

    private static async Task<Dictionary<string, int>> RunAsync(
        CrashEnvironment environment, string name, int messages, string connection, Func<Task> living, Func<Task> kill)
    {
        var chatter = new RandomMessages(1);
        using var over = new CancellationTokenSource();
        var killing = Storm.KillAsync(living, kill, new Random(1), KillEvery, over.Token);
        var promises = await new PacedSender(environment, PerSecond).SendAsync(
            Enumerable.Range(0, messages).Select(_ => chatter.PerhapsTwice(chatter.Text())), sent => AnsiConsole.WriteLine($"{name}: {sent} of {messages} sent"), default);
        await over.CancelAsync();
        var kills = await killing;

        var end = DateTime.UtcNow + Deadline;
        while ((await ReadAsync()).Any(message => message.IsLost) && DateTime.UtcNow < end)
            await Task.Delay(500);
        await Task.Delay(Aftermath);
        var ends = await ReadAsync();
        return new() { ["kills"] = kills, ["lost"] = ends.Count(message => message.IsLost), ["doubled"] = ends.Count(message => message.IsDoubled) };

        async Task<List<End>> ReadAsync()
        {
            var replies = environment.SentTo(promises).CountBy(message => message.To).ToDictionary();
            await using var source = NpgsqlDataSource.Create(connection);
            await using var command = source.CreateCommand("select source_message_sid, count(*)::int from tasks where source_message_sid = any ($1) group by 1");
            command.Parameters.Add(new NpgsqlParameter { Value = promises.Select(promise => promise.MessageSid).ToArray() });
            await using var reader = await command.ExecuteReaderAsync();
            var tasks = new Dictionary<string, int>();
            while (await reader.ReadAsync())
                tasks[reader.GetString(0)] = reader.GetInt32(1);
            return [.. promises.Select(promise => new End(replies.GetValueOrDefault(promise.Address), tasks.GetValueOrDefault(promise.MessageSid)))];
        }
    }

    /// <summary>Each text has one task and one reply.</summary>
    private sealed record End(int Replies, int Tasks)
    {
        public bool IsLost => Replies == 0 || Tasks == 0;

        public bool IsDoubled => Replies > 1 || Tasks > 1;
    }
}
