using System.Text.Json;
using FamilyPa.Local;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;

namespace FamilyPa.Tests.Monitoring;

/// <summary>Reads Kusto queries, and evaluates them over rows (<c>Kql/</c>, in a Node.js child: Microsoft's own parser comes from npm only).</summary>
internal static class Kusto
{
    private const string Everywhere =
        "TimeGenerated:datetime, OperationId:string, OperationName:string, ParentId:string, AppRoleName:string, AppRoleInstance:string, Properties:dynamic, Type:string";

    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    /// <summary>The tables of a workspace that Application Insights fills, with the columns of which there may be talk.</summary>
    /// <remarks>Source: Azure Monitor's table reference (learn.microsoft.com/azure/azure-monitor/reference/tables).</remarks>
    private static readonly Dictionary<string, string> Schema = new()
    {
        ["AppTraces"] = $"{Everywhere}, Message:string, SeverityLevel:int",
        ["AppMetrics"] = $"{Everywhere}, Name:string, Sum:real, Min:real, Max:real, ItemCount:int",
        ["AppRequests"] = $"{Everywhere}, Id:string, Name:string, Url:string, Success:bool, ResultCode:string, DurationMs:real",
        ["AppDependencies"] = $"{Everywhere}, Id:string, Name:string, Target:string, DependencyType:string, Data:string, Success:bool, ResultCode:string, DurationMs:real",
        ["AppExceptions"] = $"{Everywhere}, ExceptionType:string, OuterMessage:string, ProblemId:string, SeverityLevel:int",
    };

    public static async Task<QueryResult> RunAsync(string query, IEnumerable<Row> rows, DateTimeOffset now) =>
        (await RunAsync(new Dictionary<string, string> { ["it"] = query }, rows, now))["it"];

    public static Task<IReadOnlyDictionary<string, QueryResult>> RunAsync(IReadOnlyDictionary<string, string> queries, IEnumerable<Row> rows, DateTimeOffset now)
    {
        Row[] same = [.. rows];
        return RunAsync(queries.ToDictionary(query => query.Key, query => new QueryRun(query.Value, same)), now);
    }

    /// <param name="now">What <c>ago()</c> counts from.</param>
    public static async Task<IReadOnlyDictionary<string, QueryResult>> RunAsync(IReadOnlyDictionary<string, QueryRun> runs, DateTimeOffset now)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await NodePackages.EnsureAsync(TestContext.Current.SendDiagnosticMessage, forTests: true, cancellation);
        var folder = Directory.CreateTempSubdirectory("familypa-kql-");
        try
        {
            var (input, output) = (Path.Combine(folder.FullName, "input.json"), Path.Combine(folder.FullName, "output.json"));
            await File.WriteAllTextAsync(
                input,
                JsonSerializer.Serialize(new { schema = Schema, now, runs = runs.ToDictionary(run => run.Key, run => new { query = run.Value.Query, tables = Tables(run.Value.Rows) }) }),
                cancellation);
            var (succeeded, said) = await ChildProcess.RunAsync(
                new ChildStart("node", [Path.Combine(Repository.Root, "FamilyPa.Tests", "Monitoring", "Kql", "kql.mjs"), Repository.LocalFolder, input, output]), cancellation);
            Assert.True(succeeded, said);
            return JsonSerializer.Deserialize<Dictionary<string, QueryResult>>(await File.ReadAllTextAsync(output, cancellation), CamelCase)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Dictionary<string, IEnumerable<IReadOnlyDictionary<string, object?>>> Tables(IEnumerable<Row> rows) =>
        rows.GroupBy(row => row.Table).ToDictionary(table => table.Key, table => table.Select(row => row.Columns));
}

/// <summary>A query, and the rows it is asked of.</summary>
internal sealed record QueryRun(string Query, IReadOnlyList<Row> Rows);

/// <summary>One row of a table, as the workspace would have it.</summary>
public sealed record Row(string Table, IReadOnlyDictionary<string, object?> Columns);

/// <param name="Errors">Why it can't be read or evaluated.</param>
/// <param name="Properties">Which custom dimensions it names.</param>
/// <param name="Compared">Texts that it compares something with.</param>
internal sealed record QueryResult(
    IReadOnlyList<string> Errors, IReadOnlyList<string> Tables, IReadOnlyList<string> Properties, IReadOnlyList<Comparison> Compared,
    IReadOnlyList<Dictionary<string, JsonElement>> Rows)
{
    /// <summary>The texts that a column or dimension is compared with.</summary>
    public IEnumerable<string> Values(string name) => Compared.Where(one => one.Name == name).Select(one => one.Value);
}

/// <param name="Name">The column, or <c>Properties.dimension</c>; empty for anything else.</param>
internal sealed record Comparison(string Name, string Value, bool Negated);
