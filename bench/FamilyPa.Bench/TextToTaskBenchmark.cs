using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;

namespace FamilyPa.Bench;

/// <summary>Measures from a text's webhook to its reply at Twilio, with a chat model without delay. The tasks are stored before the reply.</summary>
internal static class TextToTaskBenchmark
{
    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 100, Description = "Number of texts, sent one after the other." };
        var command = new Command("text-to-task", "Measures the time from a text to its tasks and reply.") { messages };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(messages)));
        return command;
    }

    private static async Task RunAsync(int messages)
    {
        await using var environment = await BenchEnvironment.StartAsync(AnsiConsole.WriteLine);
        await using var app = await environment.StartAppAsync(onlyHttp: false);
        await MeasureAsync(environment);
        var latencies = new List<double>();
        for (var i = 0; i < messages; i++)
            latencies.Add(await MeasureAsync(environment));
        latencies.Sort();
        AnsiConsole.Write(new Table { Title = new TableTitle($"Text to task, {messages} texts, ms") }
            .AddColumns("p50", "p95", "p99", "worst")
            .AddRow($"{At(0.5):0}", $"{At(0.95):0}", $"{At(0.99):0}", $"{latencies[^1]:0}"));

        double At(double quantile) => latencies[(int)(quantile * (latencies.Count - 1))];
    }

    /// <returns>Milliseconds from a text's webhook to its reply.</returns>
    public static async Task<double> MeasureAsync(BenchEnvironment environment)
    {
        var replies = environment.Twilio.Sent.Count;
        var started = Stopwatch.GetTimestamp();
        await environment.Twilio.SendInboundAsync(environment.NextMessage());
        await environment.Twilio.WaitForMessageAsync(_ => environment.Twilio.Sent.Count > replies, TimeSpan.FromSeconds(30));
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
