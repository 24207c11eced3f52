using FamilyPa.Core.Diagnostics;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Infrastructure.Monitoring;

namespace FamilyPa.Tests.Telemetry;

/// <summary>Runs the workbook's and alerts' queries on the telemetry of a real app: text, voice, duplicates, forgeries and failures.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class When_a_day_is_looked_at(TelemetryApp app, Kusto kusto) : SharedAppTest<TelemetryApp>(app)
{
    [Fact]
    public async Task Every_chart_shows_something()
    {
        var day = await App.DayAsync();
        using var sent = new Sent();
        // Events that did not occur on that day.
        Meters.CanaryEnded("ok", TimeSpan.FromSeconds(2));
        Meters.LimitActed("rate_sender");
        Meters.BudgetUsed("budget_family", 80);
        sent.BreakerOpened("extract", 10, "ai_http_500", 10);

        var results = await kusto.RunAsync(Filled(Queries.Workbook, day.Voice), Ingestion.Rows(day.Items).Concat(sent.Rows), DateTimeOffset.UtcNow);

        Assert.All(results, chart => Assert.Empty(chart.Value.Errors));
        Assert.Equal([], results.Where(chart => chart.Value.Rows.Count == 0).Select(chart => chart.Key));
    }

    [Fact]
    public async Task The_timeline_of_a_message_tells_of_all_its_phases_and_calls()
    {
        var day = await App.DayAsync();

        var timeline = await kusto.RunAsync(Filled(Queries.Workbook, day.Voice)["one-message"], Ingestion.Rows(day.Items), DateTimeOffset.UtcNow);

        Assert.Superset(
            new HashSet<string?> { "persist", "download", "transcribe", "extract", "finalize" }, timeline.Rows.Select(row => row["step"].GetString()).ToHashSet());
        Assert.Equal(timeline.Rows.Select(row => row["TimeGenerated"].GetDateTimeOffset()).Order(), timeline.Rows.Select(row => row["TimeGenerated"].GetDateTimeOffset()));
        Assert.All(timeline.Rows, row => Assert.NotEmpty(row["what"].GetString()!));
    }

    [Fact]
    public async Task The_alerts_fire_that_such_a_day_deserves()
    {
        var day = await App.DayAsync();

        var results = await kusto.RunAsync(Queries.Alerts, Ingestion.Rows(day.Items), DateTimeOffset.UtcNow);

        Assert.All(results.Values, alert => Assert.Empty(alert.Errors));
        Assert.Superset(
            new HashSet<string> { "poison-not-empty", "error-rate" }, results.Where(alert => alert.Value.Rows.Count > 0).Select(alert => alert.Key).ToHashSet());
        Assert.Empty(results["nothing-received"].Rows);
        Assert.Empty(results["oldest-unfinished"].Rows);
        Assert.Empty(results["nothing-measured"].Rows);
    }

    private static Dictionary<string, string> Filled(IReadOnlyDictionary<string, string> queries, string messageSid) =>
        queries.ToDictionary(query => query.Key, query => query.Value.Replace("{MessageSid}", messageSid, StringComparison.Ordinal));
}
