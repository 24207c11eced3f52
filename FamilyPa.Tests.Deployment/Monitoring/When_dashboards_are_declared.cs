using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Tests.Deployment.Azure;
using FamilyPa.Tests.Infrastructure.Monitoring;

namespace FamilyPa.Tests.Deployment.Monitoring;

/// <summary>Every query must belong to an alert rule or chart, and every alert to a section of the runbook.</summary>
public sealed partial class When_dashboards_are_declared
{
    [Fact]
    public async Task Each_alert_is_a_rule_that_loads_the_query_of_its_name()
    {
        var alerts = await OfTypeAsync("Microsoft.Insights/scheduledQueryRules");

        var rules = alerts.Variable("rules")!.Value.EnumerateArray().ToDictionary(rule => rule.GetProperty("id").GetString()!, rule => alerts.Resolve(rule.GetProperty("query").GetString()!));

        Assert.Equal(Queries.Alerts.OrderBy(alert => alert.Key).Select(alert => (alert.Key, $"[{alert.Value}]")), rules.OrderBy(rule => rule.Key).Select(rule => (rule.Key, rule.Value)));
        Assert.Equal("[length(variables('rules'))]", alerts.Json.GetProperty("copy").GetProperty("count").GetString());
    }

    [Fact]
    public async Task Each_chart_of_the_workbook_is_loaded_once()
    {
        var workbook = await OfTypeAsync("Microsoft.Insights/workbooks");

        Assert.Equal(
            Queries.Workbook.Values.Select(query => $"[{query}]").Order(),
            workbook.Variable("charts")!.Value.EnumerateArray().Select(chart => workbook.Resolve(chart.GetProperty("query").GetString()!)).Order());
    }

    [Fact]
    public async Task Each_alert_links_to_its_section_of_the_runbook()
    {
        var sections = Section().Matches(Read("docs/runbook.md")).Select(match => match.Groups[1].Value);

        var ofAzure = (await Task.WhenAll(StageSnapshot.OfAsync("dev"), StageSnapshot.OfAsync("prod")))
            .SelectMany(stage => stage.All("Microsoft.Insights/metricAlerts").Concat(stage.All("Microsoft.Insights/activityLogAlerts")))
            .Select(alert => (Name: alert.GetProperty("name").GetString()!["familypa-".Length..], Link: alert.GetProperty("properties").GetProperty("description").GetString()))
            .Append((Name: "secret-expiry", Link: "docs/runbook.md#secret-expiry")).Distinct().ToList();
        Assert.Equal(Queries.Alerts.Keys.Concat(ofAzure.Select(alert => alert.Name)).Order(), sections.Order());
        Assert.All(ofAzure, alert => Assert.Equal($"docs/runbook.md#{alert.Name}", alert.Link));
        Assert.Equal(
            "[format('{0}#{1}', parameters('runbookUrl'), variables('rules')[copyIndex()].id)]",
            (await OfTypeAsync("Microsoft.Insights/scheduledQueryRules")).Property("description")?.ToString());
    }

    private static async Task<ArmResource> OfTypeAsync(string type) => Assert.Single((await ArmTemplate.CompiledAsync()).OfType(type));

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"^## ([a-z0-9-]+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
