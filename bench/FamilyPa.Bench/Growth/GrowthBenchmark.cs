using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Json;
using FamilyPa.Bench.Costs;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Growth;

/// <summary>Repeats the cost of a text, retention and the operator's searches in a small database and in one with many messages of many families.</summary>
internal static class GrowthBenchmark
{
    private const int Small = 10_000;
    private const int Searches = 9;

    /// <summary>Of each statement.</summary>
    private const int MostCopiedMessages = 50_000;

    /// <summary>A day more than raw payloads are kept, so that retention finds the messages of one day.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromDays(31);

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);

    public static Command Command()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1_000_000, Description = "Messages in the large database." };
        var families = new Option<int>("--families") { DefaultValueFactory = _ => 5000, Description = "Families that sent them." };
        var texts = new Option<int>("--texts") { DefaultValueFactory = _ => 1000, Description = "Texts whose cost is measured." };
        var json = new Option<string?>("--json") { Description = "File for the results as JSON." };
        var command = new Command("growth", "Compares the cost of a text with 10 thousand messages in the database and with a million.") { messages, families, texts, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(messages), parsed.GetValue(families), parsed.GetValue(texts), parsed.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int messages, int families, int texts, string? json)
    {
        await using var environment = await CostEnvironment.StartAsync(families: families);
        AnsiConsole.WriteLine($"sending a text of each of {families} families");
        await environment.SendAsync(families);
        await using var connection = new NpgsqlConnection(environment.Services.AdminConnection);
        await connection.OpenAsync();
        var copies = new MessageCopies(connection);
        await copies.PrepareAsync();
        var all = messages / families - 1;
        var few = Math.Min(Small / families - 1, all);
        await FillAsync(1, few);
        var small = await MeasureAsync();
        await FillAsync(few + 1, all);
        var large = await MeasureAsync();
        AnsiConsole.WriteLine("running retention");
        var (removed, retention) = await RunRetentionAsync(environment, connection);
        Show(small, large, (few + 1) * families, (all + 1) * families);
        AnsiConsole.WriteLine($"Retention removed the content of {removed} messages in {retention.TotalSeconds:0.0} s.");
        await ResultFile.WriteAsync(json, new { messages, families, texts, small, large, removed, retentionSeconds = retention.TotalSeconds });

        async Task FillAsync(int first, int last)
        {
            var step = Math.Max(1, MostCopiedMessages / families);
            for (var copy = first; copy <= last; copy += step)
            {
                await copies.AddAsync(copy, Math.Min(copy + step - 1, last), Age / all);
                AnsiConsole.WriteLine($"{Math.Min(copy + step, last + 1) * families} messages in the database");
            }

            await copies.VacuumAsync();
        }

        async Task<Dictionary<string, double>> MeasureAsync()
        {
            AnsiConsole.WriteLine($"measuring {texts} texts");
            var (costs, _) = await environment.MeasureAsync(texts);
            foreach (var (name, milliseconds) in await SearchAsync(environment, connection))
                costs[name] = milliseconds;
            return costs;
        }
    }

    /// <summary>Milliseconds of the operator's searches, as medians.</summary>
    private static async Task<Dictionary<string, double>> SearchAsync(CostEnvironment environment, NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select message_sid, family_id::text, from_phone from inbound_messages order by created_at desc limit 1 offset 500", connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (sid, family, phone) = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
        using var http = Operator(environment);
        var results = new Dictionary<string, double>();
        foreach (var (name, path) in ((string, string)[])[
            ("newest", ""), ("status=done", "?status=done"), ("status=failed", "?status=failed"), ("reason", "?reason=retries_exhausted"), ("error_code", "?error_code=db_timeout"),
            ("family_id", $"?family_id={family}"), ("phone", $"?phone={Uri.EscapeDataString(phone)}"), ("source", "?source=reconciled"),
            ("a day", $"?since={DateTime.UtcNow.AddDays(-8):s}Z&until={DateTime.UtcNow.AddDays(-7):s}Z"), ("timeline", $"/{sid}")])
        {
            var times = new List<double>();
            for (var search = 0; search < Searches; search++)
            {
                var clock = Stopwatch.StartNew();
                using var response = await http.GetAsync("api/admin/events" + path);
                await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                times.Add(clock.Elapsed.TotalMilliseconds);
            }

            results[$"search, ms: {name}"] = times.Order().ElementAt(Searches / 2);
        }

        return results;
    }

    private static async Task<(long Removed, TimeSpan Time)> RunRetentionAsync(CostEnvironment environment, NpgsqlConnection connection)
    {
        var before = DateTime.UtcNow.AddDays(-30);
        var due = await CountDueAsync();
        using var http = Operator(environment);
        var clock = Stopwatch.StartNew();
        using var response = await http.PostAsJsonAsync("admin/functions/Retention", new { });
        response.EnsureSuccessStatusCode();
        while (await CountDueAsync() > 0)
        {
            if (clock.Elapsed > Deadline)
                throw new InvalidOperationException("Retention does not end.");
            await Task.Delay(100);
        }

        return (due, clock.Elapsed);

        async Task<long> CountDueAsync()
        {
            await using var command = new NpgsqlCommand("select count(*) from webhook_events where purged_at is null and received_at < $1", connection)
            {
                Parameters = { new() { Value = before } },
            };
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private static HttpClient Operator(CostEnvironment environment) => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(environment.App.BaseUrl),
        DefaultRequestHeaders = { { "x-functions-key", BenchEnvironment.FunctionKey } },
    };

    private static void Show(Dictionary<string, double> small, Dictionary<string, double> large, int few, int many)
    {
        var table = new Table { Title = new TableTitle("Cost of a text by messages in the database") }.AddColumns("", $"{few}", $"{many}", "ratio");
        foreach (var (name, value) in large)
            table.AddRow(name, $"{small[name]:0.00}", $"{value:0.00}", small[name] == 0 ? "" : $"{value / small[name]:0.00}");
        AnsiConsole.Write(table);
    }
}
