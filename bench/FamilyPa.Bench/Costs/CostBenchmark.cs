using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.FailPoints;
using FamilyPa.Local.App;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Costs;

/// <summary>Measures what a text costs from its webhook to its reply: processor time of each process, statements, writes, queue operations and allocations.</summary>
/// <remarks>Processor times and counts, unlike durations, hardly depend on what else the machine does.</remarks>
internal static class CostBenchmark
{
    private const string AppAndDatabase = "processor ms: app and PostgreSQL";

    /// <summary>Messages that are acknowledged and not yet answered.</summary>
    private const int MostInProgress = 16;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
        var queues = new QueueOperations();
        await using var environment = await BenchEnvironment.StartAsync(
            AnsiConsole.WriteLine, settings: DatabaseCosts.Settings(nested), onStorageRequest: queues.Count);
        await using var source = NpgsqlDataSource.Create(environment.AdminConnection);
        var database = new DatabaseCosts(source);
        await database.PrepareAsync();
        var allocations = Path.Combine(environment.Folder, "allocations");
        await using var app = await environment.StartAppAsync(onlyHttp: false, settings =>
        {
            settings["DOTNET_STARTUP_HOOKS"] = typeof(Allocations).Assembly.Location;
            settings[Allocations.Variable] = allocations;
        });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await SendAsync(environment, http, warmUp);

        await database.BeginAsync();
        var before = Read();
        await SendAsync(environment, http, messages);
        await Task.Delay(2 * Allocations.Interval);
        var costs = Read().ToDictionary(cost => cost.Key, cost => (cost.Value - before[cost.Key]) / messages);
        var statements = (await database.ReadStatementsAsync())
            .Select(s => s with { Calls = s.Calls / messages, Milliseconds = s.Milliseconds / messages, Rows = s.Rows / messages, WalBytes = s.WalBytes / messages }).ToList();
        var ours = statements.Where(statement => !statement.IsNested).ToList();
        // Every round trip of the app is a transaction that begins with its role.
        costs["round trips to the database"] = ours.Where(statement => statement.Text.Contains("set_config('role'", StringComparison.Ordinal)).Sum(statement => statement.Calls);
        costs["statements"] = ours.Sum(statement => statement.Calls);
        foreach (var (name, value) in await database.ReadWrittenAsync())
            costs[name] = value / messages;

        before = Read();
        await Task.Delay(IdleTime);
        var idle = Read().ToDictionary(cost => cost.Key, cost => (cost.Value - before[cost.Key]) / IdleTime.TotalSeconds);
        Show(costs, idle, statements, messages);
        if (json is not null)
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(new { at = DateTimeOffset.UtcNow, processors = Environment.ProcessorCount, messages, costs, idle, statements }, Json));

        Dictionary<string, double> Read()
        {
            var read = new Dictionary<string, double>
            {
                ["processor ms: app"] = ProcessTimes.Of(app.ProcessId),
                ["processor ms: PostgreSQL"] = ProcessTimes.Of(environment.PostgresProcess),
                ["processor ms: host, simulators, sender"] = Environment.CpuUsage.TotalTime.TotalMilliseconds,
                ["processor ms: queue emulator"] = ProcessTimes.Of(environment.AzuriteProcess),
                ["kilobytes allocated: app"] = Allocations.Read(allocations) / 1024.0,
            };
            read[AppAndDatabase] = read["processor ms: app"] + read["processor ms: PostgreSQL"];
            foreach (var (name, value) in queues.Read())
                read[name] = value;
            return read;
        }
    }

    /// <summary>Sends texts at the rate at which they are answered, and waits until all are.</summary>
    private static async Task SendAsync(BenchEnvironment environment, HttpClient http, int messages)
    {
        var answered = environment.Twilio.Calls;
        for (var sent = 0; sent < messages; sent++)
        {
            while (sent - (environment.Twilio.Calls - answered) >= MostInProgress)
                await Task.Delay(2);
            using var request = environment.NextWebhook();
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        var clock = Stopwatch.StartNew();
        while (await environment.CountUnfinishedAsync() is > 0 and var left)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException($"{left} messages are not processed.");
            await Task.Delay(100);
        }
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
