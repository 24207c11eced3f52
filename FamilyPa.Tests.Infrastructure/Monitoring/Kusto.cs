using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Local;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;

namespace FamilyPa.Tests.Infrastructure.Monitoring;

/// <summary>
/// Parses Kusto queries and evaluates them on rows (<c>Kql/</c>). It uses a Node.js child process, because Microsoft's parser exists only on npm. The child starts on
/// first
/// use and stays, because loading the parser takes longer than a query.
/// </summary>
public sealed class Kusto : IAsyncDisposable
{
    private const string Everywhere =
        "TimeGenerated:datetime, OperationId:string, OperationName:string, ParentId:string, AppRoleName:string, AppRoleInstance:string, Properties:dynamic, Type:string";

    /// <summary>The workspace tables that Application Insights fills, with the columns that queries may use.</summary>
    /// <remarks>Source: Azure Monitor's table reference (learn.microsoft.com/azure/azure-monitor/reference/tables).</remarks>
    private static readonly Dictionary<string, string> Schema = new()
    {
        ["AppTraces"] = $"{Everywhere}, Message:string, SeverityLevel:int",
        ["AppMetrics"] = $"{Everywhere}, Name:string, Sum:real, Min:real, Max:real, ItemCount:int",
        ["AppRequests"] = $"{Everywhere}, Id:string, Name:string, Url:string, Success:bool, ResultCode:string, DurationMs:real",
        ["AppDependencies"] = $"{Everywhere}, Id:string, Name:string, Target:string, DependencyType:string, Data:string, Success:bool, ResultCode:string, DurationMs:real",
        ["AppExceptions"] = $"{Everywhere}, ExceptionType:string, OuterMessage:string, ProblemId:string, SeverityLevel:int",
    };

    private readonly Lazy<Task<(ChildProcess Child, HttpClient Http)>> child = new(StartAsync);

    internal async Task<QueryResult> RunAsync(string query, IEnumerable<Row> rows, DateTimeOffset now) =>
        (await RunAsync(new Dictionary<string, string> { ["it"] = query }, rows, now))["it"];

    internal Task<IReadOnlyDictionary<string, QueryResult>> RunAsync(IReadOnlyDictionary<string, string> queries, IEnumerable<Row> rows, DateTimeOffset now)
    {
        Row[] same = [.. rows];
        return RunAsync(queries.ToDictionary(query => query.Key, query => new QueryRun(query.Value, same)), now);
    }

    /// <param name="now">The reference time of <c>ago()</c>.</param>
    internal async Task<IReadOnlyDictionary<string, QueryResult>> RunAsync(IReadOnlyDictionary<string, QueryRun> runs, DateTimeOffset now)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var question = new { schema = Schema, now, runs = runs.ToDictionary(run => run.Key, run => new { query = run.Value.Query, tables = Tables(run.Value.Rows) }) };
        // Default options keep the case of names, which columns and custom dimensions distinguish.
        using var answer = await (await child.Value).Http.PostAsJsonAsync("", question, JsonSerializerOptions.Default, cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        return (await answer.Content.ReadFromJsonAsync<Dictionary<string, QueryResult>>(cancellation))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!child.IsValueCreated)
            return;
        var (process, http) = await child.Value;
        http.Dispose();
        await process.DisposeAsync();
    }

    private static async Task<(ChildProcess, HttpClient)> StartAsync()
    {
        await NodePackages.EnsureAsync(TestContext.Current.SendDiagnosticMessage, forTests: true);
        var port = new TaskCompletionSource<int>();
        var process = await ChildProcess.StartAsync(
            new ChildStart("node", Path.Combine(Repository.Root, "FamilyPa.Tests.Infrastructure", "Monitoring", "Kql", "kql.mjs"), Repository.LocalFolder)
            {
                OnLine = line => port.TrySetResult(int.TryParse(line, CultureInfo.InvariantCulture, out var said) ? said : 0),
            });
        await Task.WhenAny(port.Task, process.Exited).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(port.Task.IsCompletedSuccessfully && port.Task.Result > 0, process.Output.ToString());
        return (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port.Task.Result}") });
    }

    private static Dictionary<string, IEnumerable<IReadOnlyDictionary<string, object?>>> Tables(IEnumerable<Row> rows) =>
        rows.GroupBy(row => row.Table).ToDictionary(table => table.Key, table => table.Select(row => row.Columns));
}

/// <summary>A query and its rows.</summary>
internal sealed record QueryRun(string Query, IReadOnlyList<Row> Rows);

/// <summary>A row of a workspace table.</summary>
public sealed record Row(string Table, IReadOnlyDictionary<string, object?> Columns);

/// <param name="Errors">Why the query cannot be parsed or evaluated.</param>
/// <param name="Properties">The custom dimensions that it uses.</param>
/// <param name="Compared">The strings with which it compares columns or dimensions.</param>
internal sealed record QueryResult(
    IReadOnlyList<string> Errors, IReadOnlyList<string> Tables, IReadOnlyList<string> Properties, IReadOnlyList<Comparison> Compared,
    IReadOnlyList<Dictionary<string, JsonElement>> Rows)
{
    /// <summary>The strings with which it compares this column or dimension.</summary>
    public IEnumerable<string> Values(string name) => Compared.Where(one => one.Name == name).Select(one => one.Value);
}

/// <param name="Name">The column, or <c>Properties.dimension</c>; empty for other expressions.</param>
internal sealed record Comparison(string Name, string Value, bool Negated);
