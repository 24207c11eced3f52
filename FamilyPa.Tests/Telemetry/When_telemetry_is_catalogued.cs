using FamilyPa.Tests.Infrastructure.Monitoring;

namespace FamilyPa.Tests.Telemetry;

public sealed class When_telemetry_is_catalogued
{
    [Fact]
    public void Event_ids_are_unique() =>
        Assert.Empty(Catalogue.Events.Values.GroupBy(entry => entry.Id).Where(same => same.Count() > 1).Select(same => string.Join(" and ", same.Select(entry => entry.Name))));

    [Fact]
    public void Names_are_those_that_queries_use()
    {
        Assert.All(Catalogue.Events.Values, entry => Assert.All(entry.Dimensions, name => Assert.Matches("^[a-z][a-z0-9_]*$", name)));
        Assert.All(Catalogue.Metrics.Values, metric => Assert.Matches("^familypa(\\.[a-z_]+)+$", metric.Name));
        Assert.All(Catalogue.Metrics.Values, metric => Assert.False(string.IsNullOrEmpty(metric.Unit) || string.IsNullOrEmpty(metric.Description), metric.Name));
        Assert.All(Catalogue.Metrics.Values.SelectMany(metric => metric.Tags), tag => Assert.DoesNotContain(tag, (string[])["message_sid", "attempt_id", "family_id", "request_id", "phone"]));
    }

    [Fact]
    public void Failure_events_have_an_error_code() =>
        Assert.All(
            Catalogue.Events.Values.Where(entry => entry.Name.EndsWith("Failed", StringComparison.Ordinal)),
            entry => Assert.Contains("error_code", entry.Dimensions));

    [Fact]
    public void Spans_are_named_after_phases() =>
        Assert.Superset(new HashSet<string> { "verify", "persist", "download", "transcribe", "extract", "finalize", "reply", "replay", "sweep", "inbound", "poison" }, Catalogue.Spans.ToHashSet());
}
