using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Tests.Infrastructure.Monitoring;

namespace FamilyPa.Tests.Deployment.Monitoring;

/// <summary>A query for a name that the app never emits is always empty. So each name must exist in the code.</summary>
public sealed partial class When_queries_are_read(Kusto kusto)
{
    private static readonly Lazy<HashSet<string>> Literals = new(ReadLiterals);

    [Fact]
    public async Task They_can_be_and_name_only_what_the_app_emits()
    {
        var results = await kusto.RunAsync(Queries.All, [], Sent.Now);

        Assert.Equal(Queries.All.Count, results.Count);
        Assert.All(results, result => Assert.Equal([], Complaints(result.Value).Select(complaint => $"{result.Key}: {complaint}")));
    }

    [Fact]
    public async Task All_log_lines_and_instruments_that_matter_are_asked_for()
    {
        var results = await kusto.RunAsync(Queries.All, [], Sent.Now);

        string[] metrics = [.. Catalogue.Metrics.Keys.Except(results.Values.SelectMany(result => result.Values("Name"))).Order()];
        // The metric of cost shows them.
        Assert.Equal(["familypa.ai.audio", "familypa.ai.tokens"], metrics);
    }

    /// <summary>Proves that the checks find errors.</summary>
    [Fact]
    public async Task A_misspelt_name_is_noticed()
    {
        (string Query, string Complaint)[] misspelt =
        [
            ("AppTraces | where Properties.EventName == \"JobFaild\"", "no log line JobFaild"),
            ("AppTraces | where tostring(Properties.EventName) in (\"JobFailed\", \"Jobfailed\")", "no log line Jobfailed"),
            ("AppMetrics | where Name == \"familypa.poison.dept\"", "no metric familypa.poison.dept"),
            ("AppMetrics | where Name == \"familypa.poison.depth\" | project tostring(Properties.queu)", "every column needs a name"),
            ("AppMetrics | where Name == \"familypa.poison.depth\" | project queue = tostring(Properties.queu)", "no dimension queu"),
            ("AppMetrics | where Name == \"familypa.poison.depth\" | project phase = tostring(Properties.phase)", "no dimension phase"),
            ("AppTraces | where Properties.EventName == \"JobFailed\" | project x = Properties.latency_ms", "no dimension latency_ms"),
            ("AppMetrics | where Name == \"familypa.phase.duration\" and Properties.outcome == \"succeded\"", "no value succeded"),
            ("AppMetrics | where Name == \"familypa.phase.duration\" and Properties[\"outcome\"] == \"failed\"", "is the form that is checked"),
            ("AppTrace | where SeverityLevel >= 3", "KS"),
            ("AppTraces | where Severity >= 3", "KS142"),
            ("AppTraces | where SeverityLevel >= 3 | sumarize lines = count()", "KS"),
        ];
        Row[] rows = [new("AppMetrics", new Dictionary<string, object?> { ["Name"] = "familypa.poison.depth" })];

        var results = await kusto.RunAsync(misspelt.ToDictionary(one => one.Query, one => new QueryRun(one.Query, rows)), Sent.Now);

        Assert.All(misspelt, one => Assert.Contains(Complaints(results[one.Query]), said => said.Contains(one.Complaint, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Complaints(QueryResult query)
    {
        string[] events = [.. query.Values("Properties.EventName"), .. query.Values("event")];
        string[] metrics = [.. query.Values("Name")];
        var known = events.Where(Catalogue.Events.ContainsKey).SelectMany(name => Catalogue.Events[name].Dimensions)
            .Concat(metrics.Where(Catalogue.Metrics.ContainsKey).SelectMany(name => Catalogue.Metrics[name].Tags))
            .Append("EventName").ToHashSet();
        // Queries without event names, or with negated ones, may use the dimensions of any event.
        if (events.Length + metrics.Length == 0 || query.Compared.Any(one => one.Negated && one.Name == "Properties.EventName"))
            known.UnionWith(Catalogue.Events.Values.SelectMany(entry => entry.Dimensions));

        return [
            .. query.Errors,
            .. events.Where(name => !Catalogue.Events.ContainsKey(name)).Select(name => $"no log line {name}"),
            .. metrics.Where(name => !Catalogue.Metrics.ContainsKey(name)).Select(name => $"no metric {name}"),
            .. query.Properties.Where(name => !known.Contains(name)).Select(name => $"no dimension {name}"),
            .. query.Compared.Where(one => one.Name.StartsWith("Properties.", StringComparison.Ordinal) && one.Name != "Properties.EventName" && !one.Value.StartsWith('{') && !one.Value.All(char.IsAsciiDigit))
                .Where(one => !Literals.Value.Contains(one.Value)).Select(one => $"no value {one.Value}"),
        ];
    }

    /// <summary>All short string literals in C# and SQL. Outcomes and reasons must be among them.</summary>
    private static HashSet<string> ReadLiterals() =>
    [
        .. from folder in (string[])["FamilyPa.Core", "FamilyPa.Functions"]
           from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
           where Path.GetExtension(file) is ".cs" or ".sql"
           from Match literal in Literal().Matches(File.ReadAllText(file))
           select literal.Groups[1].Value,
    ];

    [GeneratedRegex("""["']([a-z0-9_]{2,40})["']""")]
    private static partial Regex Literal();
}
