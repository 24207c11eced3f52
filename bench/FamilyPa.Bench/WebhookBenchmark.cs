using System.CommandLine;
using Spectre.Console;

namespace FamilyPa.Bench;

/// <summary>
/// Measures the acknowledgement: from Twilio's request to the response, with the message durably stored and queued. The app, the floor (a minimal Functions app
/// behind the same host) and a bare Kestrel endpoint take turns on the same database and queue service. Each round starts with empty tables and queues.
/// </summary>
internal static class WebhookBenchmark
{
    private static readonly int[] Clients = [1, 8, 32];

    /// <summary>Several requests per connection.</summary>
    private const int WarmUp = 128;

    public static Command Command()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "Rounds of each; the median counts." };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 400, Description = "Requests per round, over all clients." };
        var everything = new Option<bool>("--everything") { Description = "Also measure with the queue functions in the same process." };
        var command = new Command("webhook", "Measures the webhook's acknowledgement against the floor.") { rounds, requests, everything };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(rounds), parsed.GetValue(requests), parsed.GetValue(everything)));
        return command;
    }

    private static async Task RunAsync(int rounds, int requests, bool everything)
    {
        // Twilio's timeout.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };
        await using var environment = await BenchEnvironment.StartAsync(AnsiConsole.WriteLine);
        AnsiConsole.WriteLine("publishing the floor");
        await using var floor = await environment.StartFloorAsync();
        var floorUrl = $"{floor.BaseUrl}/floor";
        var (bareEndpoint, bareUrl) = await environment.StartBareEndpointAsync(http);
        await using (bareEndpoint)
        {
            await using (var app = await environment.StartAppAsync(onlyHttp: true))
                await CompareAsync(onlyHttp: true, environment, http, floorUrl, bareUrl, rounds, requests);
            if (!everything)
                return;
            await environment.ResetAsync(drain: false);
            // One round only, because its messages must be processed before the next round.
            await using (var app = await environment.StartAppAsync(onlyHttp: false))
                await CompareAsync(onlyHttp: false, environment, http, floorUrl, bareUrl, rounds: 1, requests / 4);
        }
    }

    private static async Task CompareAsync(
        bool onlyHttp, BenchEnvironment environment, HttpClient http, string floorUrl, string bareUrl, int rounds, int requests)
    {
        var title = onlyHttp
            ? "The app's HTTP functions alone, as Flex Consumption runs them"
            : "Everything in one process, with the queue functions running";
        var table = new Table { Title = new TableTitle(title) }
            .AddColumns("clients", "", "per second", "p50 ms", "p95 ms", "p99 ms", "failures");
        // Warm up all three: JIT, connections, prepared statements.
        foreach (var url in (string?[])[floorUrl, bareUrl, null])
            await LoadGenerator.RunAsync(http, 8, 400, () => environment.NextWebhook(url));
        foreach (var clients in Clients)
        {
            List<LoadResult> floors = [], bareEndpoints = [], apps = [];
            for (var round = 0; round < rounds; round++)
            {
                floors.Add(await RoundAsync(floorUrl, clients));
                bareEndpoints.Add(await RoundAsync(bareUrl, clients));
                apps.Add(await RoundAsync(null, clients));
            }

            var (floor, app) = (LoadResult.Median(floors), LoadResult.Median(apps));
            table.AddRow(Row($"{clients}", "floor", floor))
                .AddRow(Row("", "bare endpoint", LoadResult.Median(bareEndpoints)))
                .AddRow(Row("", "app", app))
                .AddRow("", "app / floor", $"{app.PerSecond / floor.PerSecond:0.00}", $"{app.P50 / floor.P50:0.00}", $"{app.P95 / floor.P95:0.00}", $"{app.P99 / floor.P99:0.00}");
        }

        AnsiConsole.Write(table);

        async Task<LoadResult> RoundAsync(string? url, int clients)
        {
            await environment.ResetAsync(drain: !onlyHttp);
            // Truncating a table makes every connection plan its statements again, which must not be measured.
            await LoadGenerator.RunAsync(http, Clients.Max(), WarmUp, () => environment.NextWebhook(url));
            return await LoadGenerator.RunAsync(http, clients, requests, () => environment.NextWebhook(url));
        }
    }

    private static string[] Row(string clients, string who, LoadResult result) =>
        [clients, who, $"{result.PerSecond:0}", $"{result.P50:0.0}", $"{result.P95:0.0}", $"{result.P99:0.0}", $"{result.Failures}"];
}
