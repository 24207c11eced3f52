using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Monitoring;

/// <summary>A query that no rule or chart loads watches over nothing, and an alert that nobody can look up helps nobody.</summary>
public sealed partial class When_dashboards_are_declared
{
    [Fact]
    public void Each_alert_is_a_rule_that_loads_the_query_of_its_name()
    {
        var bicep = Read("infra/modules/alerts.bicep");

        var rules = Rule().Matches(bicep).Select(rule => (Id: rule.Groups["id"].Value, File: rule.Groups["file"].Value)).ToList();

        Assert.All(rules, rule => Assert.Equal(rule.Id, rule.File));
        Assert.Equal(Queries.Alerts.Keys.Order(), rules.Select(rule => rule.Id).Order());
    }

    [Fact]
    public void Each_chart_of_the_workbook_is_loaded_once() =>
        Assert.Equal(
            Queries.Workbook.Keys.Order(),
            ChartFile().Matches(Read("infra/modules/workbook.bicep")).Select(match => match.Groups[1].Value).Order());

    [Fact]
    public void Each_alert_links_to_its_section_of_the_runbook()
    {
        var sections = Section().Matches(Read("docs/runbook.md").Split("# By hand")[0]).Select(match => match.Groups[1].Value);

        Assert.Equal(Queries.Alerts.Keys.Append("availability").Order(), sections.Order());
        Assert.Equal(2, Regex.Count(Read("infra/modules/alerts.bicep"), Regex.Escape("'${runbookUrl}#")));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"id: '(?<id>[\w-]+)'[^}]*?loadTextContent\('\.\./monitoring/alerts/(?<file>[\w-]+)\.kql'\)")]
    private static partial Regex Rule();

    [GeneratedRegex(@"loadTextContent\('\.\./monitoring/workbook/([\w-]+)\.kql'\)")]
    private static partial Regex ChartFile();

    [GeneratedRegex(@"^## ([a-z0-9-]+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
