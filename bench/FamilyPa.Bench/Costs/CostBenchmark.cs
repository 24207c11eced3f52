using System.CommandLine;
using Spectre.Console;

namespace FamilyPa.Bench.Costs;

/// <summary>Measures what a text costs from its webhook to its reply: processor time of each process, statements, writes, queue operations and allocations.</summary>
/// <remarks>Processor times and counts, unlike durations, hardly depend on what else the machine does.</remarks>
internal static class CostBenchmark
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1000, Description = "Number of texts." };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 500, Description = "Number of texts before, which are not counted." };
        var nested = new Option<bool>("--nested") { Description = "Also list the statements inside the database's functions. This raises PostgreSQL's processor time." };
        var json = new Option<string?>("--json") { Description = "File for the results as JSON." };
        var command = new Command("cost", "Measures what a text costs: processor time, statements, writes, queue operations, allocations.") { messages, warmUp, nested, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(messages), parsed.GetValue(warmUp), parsed.GetValue(nested), parsed.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int messages, int warmUp, bool nested, string? json)
    {
        await using var environment = await CostEnvironment.StartAsync(nested);
        await environment.SendAsync(warmUp);
        var (costs, statements) = await environment.MeasureAsync(messages);
        var idle = await environment.MeasureIdleAsync(IdleTime);
        Show(costs, idle, statements, messages);
        await ResultFile.WriteAsync(json, new { messages, costs, idle, statements });
    }

    private static void Show(
        Dictionary<string, double> costs, Dictionary<string, double> idle, IReadOnlyList<StatementCost> statements, int messages)
    {
        var table = new Table { Title = new TableTitle($"Cost of a text, {messages} texts, and of a second without any") }.AddColumns("", "per text", "idle, per second");
        foreach (var (name, value) in costs.OrderBy(cost => cost.Key.StartsWith("processor", StringComparison.Ordinal) ? 0 : 1))
            table.AddRow(name, $"{value:0.00}", idle.TryGetValue(name, out var second) ? $"{second:0.00}" : "");
        AnsiConsole.Write(table);
        table = new Table { Title = new TableTitle("Statements, per text") }.AddColumns("ms", "calls", "rows", "WAL bytes", "");
        foreach (var statement in statements.Take(statements.Any(statement => statement.IsNested) ? 80 : 25))
        {
            table.AddRow(
                $"{statement.Milliseconds:0.000}", $"{statement.Calls:0.00}", $"{statement.Rows:0.00}", $"{statement.WalBytes:0}",
                Markup.Escape((statement.IsNested ? "  " : "") + statement.Text[..Math.Min(statement.Text.Length, 100)]));
        }

        AnsiConsole.Write(table);
    }
}
