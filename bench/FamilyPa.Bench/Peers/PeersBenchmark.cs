using System.CommandLine;
using FamilyPa.Bench.Costs;
using Spectre.Console;

namespace FamilyPa.Bench.Peers;

/// <summary>
/// Compares the app, all of it in one process, with the peers of <c>bench/Peers</c>: small apps on WolverineFx and on Hangfire. They take turns on the same database
/// server and the same simulators; the others are suspended meanwhile.
/// </summary>
internal static class PeersBenchmark
{
    private const string App = "app";
    private const int MostClients = 32;

    /// <summary>After the last reply, until its message is marked as processed.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    public static Command Command()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Rounds of each; the median counts. 0 leaves them out." };
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1000, Description = "Texts per round of 32 clients; one client sends a fifth." };
        var texts = new Option<int>("--texts") { DefaultValueFactory = _ => 100, Description = "Texts per round, sent one after the other's reply." };
        var killed = new Option<int>("--killed") { DefaultValueFactory = _ => 500, Description = "Texts while the process is killed again and again. 0 leaves that out." };
        var json = new Option<string?>("--json") { Description = "File for the results as JSON." };
        var command = new Command("peers", "Compares the app with small apps on Wolverine and on Hangfire.") { rounds, messages, texts, killed, json };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(rounds), parsed.GetValue(messages), parsed.GetValue(texts), parsed.GetValue(killed), parsed.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int rounds, int messages, int texts, int killed, string? json)
    {
        var results = rounds == 0 ? [] : await CompareAsync(rounds, messages, texts);
        var medians = results.ToDictionary(result => result.Key, result => result.Value[0].Keys.ToDictionary(
            name => name, name => result.Value.Select(round => round[name]).Order().ElementAt(result.Value.Count / 2)));
        Show($"Medians of {rounds} rounds", medians);
        var kills = killed == 0 ? [] : await PeerKills.RunAsync(App, killed);
        Show($"{killed} texts, a fifth of them delivered twice, with the process killed again and again", kills);
        await ResultFile.WriteAsync(json, new { rounds, messages, texts, killed, medians, kills, results });
    }

    private static async Task<Dictionary<string, List<Dictionary<string, double>>>> CompareAsync(int rounds, int messages, int texts)
    {
        await using var environment = await BenchEnvironment.StartAsync(AnsiConsole.WriteLine, settings: ["max_connections=400"]);
        await using var app = await environment.StartAppAsync(onlyHttp: false);
        await using var wolverine = await PeerProcess.StartAsync(PeerProcess.Names[0], environment, AnsiConsole.WriteLine);
        await using var hangfire = await PeerProcess.StartAsync(PeerProcess.Names[1], environment, AnsiConsole.WriteLine);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Contestant[] contestants =
        [
            new(App, BenchEnvironment.WebhookUrl(app.BaseUrl), () => app.ProcessId, app.PauseAsync),
            new(PeerProcess.Names[0], wolverine.WebhookUrl, () => wolverine.ProcessId, wolverine.PauseAsync),
            new(PeerProcess.Names[1], hangfire.WebhookUrl, () => hangfire.ProcessId, hangfire.PauseAsync),
        ];
        foreach (var contestant in contestants)
            await contestant.PauseAsync(true);
        var results = contestants.ToDictionary(contestant => contestant.Name, _ => new List<Dictionary<string, double>>());
        // The first round warms up: JIT, connections, prepared statements.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                AnsiConsole.WriteLine(round == 0 ? $"{contestant.Name}: warming up" : $"{contestant.Name}: round {round} of {rounds}");
                var measured = await MeasureAsync(environment, http, contestant, messages, texts);
                if (round > 0)
                    results[contestant.Name].Add(measured);
            }
        }

        foreach (var contestant in contestants)
            await contestant.PauseAsync(false);
        return results;
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(
        BenchEnvironment environment, HttpClient http, Contestant contestant, int messages, int texts)
    {
        environment.Twilio.Reset();
        environment.Twilio.WebhookUrl = contestant.WebhookUrl;
        await contestant.PauseAsync(false);
        var latencies = new List<double>();
        for (var text = 0; text < texts; text++)
            latencies.Add(await TextToTaskBenchmark.MeasureAsync(environment));
        latencies.Sort();
        var (alone, _, _) = await LoadAsync(1, messages / 5);
        var (together, app, postgres) = await LoadAsync(MostClients, messages);
        await contestant.PauseAsync(true);
        return new()
        {
            ["acknowledged per second, 1 client"] = alone,
            ["acknowledged per second, 32 clients"] = together,
            ["text to reply, p50 ms"] = latencies[(texts - 1) / 2],
            ["text to reply, p95 ms"] = latencies[(int)(0.95 * (texts - 1))],
            ["processor ms per text: its own process"] = app,
            ["processor ms per text: PostgreSQL"] = postgres,
            ["processor ms per text: both"] = app + postgres,
        };

        // Messages are processed while others arrive. The costs include the rest.
        async Task<(double PerSecond, double App, double Postgres)> LoadAsync(int clients, int count)
        {
            var replies = environment.Twilio.Sent.Count + count;
            var (app, postgres) = (ProcessTimes.Of(contestant.ProcessId()), ProcessTimes.Of(environment.PostgresProcess));
            var load = await LoadGenerator.RunAsync(http, clients, count, () => environment.NextWebhook());
            if (load.Failures > 0)
                throw new InvalidOperationException($"{contestant.Name} did not acknowledge {load.Failures} of {count} texts.");
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (environment.Twilio.Sent.Count < replies)
                await Task.Delay(50, limit.Token);
            await Task.Delay(Settled, limit.Token);
            return (load.PerSecond, (ProcessTimes.Of(contestant.ProcessId()) - app) / count, (ProcessTimes.Of(environment.PostgresProcess) - postgres) / count);
        }
    }

    private static void Show<T>(string title, IReadOnlyDictionary<string, Dictionary<string, T>> results)
    {
        if (results.Count == 0)
            return;
        var table = new Table { Title = new TableTitle(title) }.AddColumns(["", .. results.Keys]);
        foreach (var name in results.Values.First().Keys)
            table.AddRow([name, .. results.Values.Select(result => $"{result[name]:0.#}")]);
        AnsiConsole.Write(table);
    }

    private sealed record Contestant(string Name, string WebhookUrl, Func<int> ProcessId, Func<bool, Task> PauseAsync);
}
