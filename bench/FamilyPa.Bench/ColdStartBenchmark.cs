using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;

namespace FamilyPa.Bench;

/// <summary>Measures from the start of the worker process to its first webhook's acknowledgement, behind a host that runs already.</summary>
internal static class ColdStartBenchmark
{
    public static Command Command()
    {
        var starts = new Option<int>("--starts") { DefaultValueFactory = _ => 9, Description = "Number of starts; the median counts." };
        var command = new Command("cold-start", "Measures from the worker's start to its first webhook's acknowledgement.") { starts };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(starts)));
        return command;
    }

    private static async Task RunAsync(int starts)
    {
        await using var environment = await BenchEnvironment.StartAsync(AnsiConsole.WriteLine);
        await using var app = await environment.StartAppAsync(onlyHttp: false);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var latencies = new List<double>();
        for (var start = 0; start < starts; start++)
        {
            // The host starts the next worker at once and holds requests until it is ready.
            await app.CrashAsync();
            var clock = Stopwatch.StartNew();
            while (!await SendAsync())
                await Task.Delay(1);
            latencies.Add(clock.Elapsed.TotalMilliseconds);
            while (await environment.CountUnfinishedAsync() > 0)
                await Task.Delay(100);
        }

        latencies.Sort();
        AnsiConsole.Write(new Table { Title = new TableTitle($"First webhook after the worker's start, {starts} starts, ms") }
            .AddColumns("median", "best", "worst")
            .AddRow($"{latencies[starts / 2]:0}", $"{latencies[0]:0}", $"{latencies[^1]:0}"));

        async Task<bool> SendAsync()
        {
            using var request = environment.NextWebhook();
            using var response = await http.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
    }
}
