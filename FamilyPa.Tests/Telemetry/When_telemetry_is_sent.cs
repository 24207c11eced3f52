using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.AppInsights;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Infrastructure.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FamilyPa.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class When_telemetry_is_sent(TelemetryApp app, Kusto kusto) : SharedAppTest<TelemetryApp>(app)
{
    [Fact]
    public async Task A_text_is_one_trace_from_the_webhook_across_the_queues_to_the_reply()
    {
        var day = await App.DayAsync();

        var trace = await TraceAsync(day, day.Text);

        Assert.Equal(["function TwilioMessage", "verify", "persist", "extract", "finalize", "reply"], Spans(trace));
        Assert.Contains(trace, span => span is { Kind: "RemoteDependencyData", Name: var name } && name!.StartsWith("POST /openai/deployments/chat/", StringComparison.Ordinal));
        Assert.Contains(trace, span => span is { Kind: "RemoteDependencyData", Name: var name } && name!.EndsWith("/Messages.json", StringComparison.Ordinal));
        Assert.Contains(trace, span => span.Data.TryGetProperty("type", out var type) && type.GetString() == "postgresql");
        Assert.Contains(trace, span => span.Name == "QueueClient.SendMessage");
        AssertHangsTogether(trace);
    }

    [Fact]
    public async Task A_voice_note_is_one_trace_through_all_its_phases()
    {
        var day = await App.DayAsync();

        var trace = await TraceAsync(day, day.Voice);

        Assert.Equal(["function TwilioMessage", "verify", "persist", "download", "transcribe", "extract", "finalize", "reply"], Spans(trace));
        AssertHangsTogether(trace);
    }

    [Fact]
    public async Task Later_attempts_and_replays_join_its_trace()
    {
        var day = await App.DayAsync();

        string[] given = [.. Enumerable.Repeat("extract", 5), "poison", "reply"];
        foreach (var sid in (string[])[day.Replayed, day.Requeued])
        {
            var trace = await TraceAsync(day, sid);
            Assert.Equal(["function TwilioMessage", "verify", "persist", .. given, "extract", "finalize", "reply"], Spans(trace));
            AssertHangsTogether(trace);
        }
    }

    [Fact]
    public async Task The_platforms_own_call_says_which_message_it_was_about_and_the_work_points_back_at_it()
    {
        var day = await App.DayAsync();

        var work = Assert.Single(day.About(day.Text), span => span is { Kind: "RequestData", Name: "extract" });
        var call = Assert.Single(day.About(day.Text), span => span.Name == "function Extract");

        Assert.Contains($"\"id\":\"{call.Id}\"", work.Properties["_MS.links"], StringComparison.Ordinal);
        Assert.NotEqual(work.OperationId, call.OperationId);
    }

    [Fact]
    public async Task A_failed_attempt_is_a_failed_request_with_its_code()
    {
        var day = await App.DayAsync();

        var tries = day.About(day.Replayed).Where(span => span is { Kind: "RequestData", Name: "extract" }).ToList();

        Assert.Equal(5, tries.Count(span => !span.Data.GetProperty("success").GetBoolean() && span.Properties["error_code"] == "ai_http_500"));
        Assert.Equal(1, tries.Count(span => span.Data.GetProperty("success").GetBoolean() && span.Properties["outcome"] == "succeeded"));
        Assert.Contains(day.Of("ExceptionData"), error => error.Properties.GetValueOrDefault("message_sid") == day.Replayed);
    }

    [Fact]
    public async Task Every_line_of_ours_arrives_with_its_names_and_nothing_is_sampled_away()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host writes its log in another form.");
        var day = await App.DayAsync();

        var lines = day.Of("MessageData").Where(line => line.Properties.GetValueOrDefault("CategoryName")?.StartsWith("FamilyPa.", StringComparison.Ordinal) is true).ToList();

        Assert.Equal(Regex.Count(App.Log, @"^\d\d:\d\d:\d\d\.\d{3} (info|warn|fail) FamilyPa\.", RegexOptions.Multiline), lines.Count);
        Assert.All(lines, line =>
        {
            var entry = Catalogue.Events[line.Properties["EventName"]];
            Assert.Equal(entry.Id.ToString(CultureInfo.InvariantCulture), line.Properties["EventId"]);
            Assert.Subset(new HashSet<string>([.. entry.Dimensions, "CategoryName", "EventId", "EventName"]), line.Properties.Keys.ToHashSet());
        });
        Assert.All(day.Items, item => Assert.False(item.Data.TryGetProperty("sampleRate", out _)));
    }

    [Fact]
    public async Task Every_line_inside_of_a_phase_says_which_message_attempt_phase_and_family()
    {
        var day = await App.DayAsync();

        var lines = day.About(day.Voice).Where(item => item.Kind == "MessageData" && item.Properties.ContainsKey("phase")).ToList();

        Assert.True(lines.Count >= 8);
        Assert.All(lines, line => Assert.All(["message_sid", "attempt_id", "phase", "family_id", Traces.Invocation], name => Assert.NotEmpty(line.Properties.GetValueOrDefault(name, ""))));
        Assert.All(lines, line => Assert.Equal(DemoFamily.FamilyId.ToString(), line.Properties["family_id"]));
        Assert.All(day.Of("MessageData").Where(line => line.Properties.GetValueOrDefault("EventName") == "CallFailed"), line => Assert.NotEmpty(line.Properties[Traces.Invocation]));
    }

    [Fact]
    public async Task Metrics_arrive_under_the_names_and_dimensions_of_the_catalogue()
    {
        var day = await App.DayAsync();

        var metrics = day.Of("MetricData").Where(metric => metric.Name!.StartsWith("familypa.", StringComparison.Ordinal)).ToList();

        Assert.All(metrics, metric => Assert.Equal(Catalogue.Metrics[metric.Name!].Tags.Order(), metric.Properties.Keys.Order()));
        Assert.Equal((5, 1), (Sum("familypa.messages.ingested", "accepted"), Sum("familypa.messages.ingested", "duplicate")));
        Assert.Equal(["bad_secret", "bad_signature"], day.Metrics("familypa.verifications.rejected").Select(metric => metric.Properties["reason"]).Distinct().Order());
        Assert.Equal(10, day.Metrics("familypa.phase.duration").Where(metric => metric.Properties is { } tags && tags["phase"] == "extract" && tags["outcome"] == "failed").Sum(metric => metric.Count));
        Assert.Equal(4, day.Metrics("familypa.message.duration").Where(metric => metric.Properties["status"] == "done").Sum(metric => metric.Count));
        Assert.Equal(4.5, day.Metrics("familypa.ai.audio").Sum(metric => metric.Value), 3);
        Assert.Equal(AzuriteServer.Queues.Order(), day.Metrics("familypa.queue.depth").Select(metric => metric.Properties["queue"]).Distinct().Order());
        Assert.NotEmpty(day.Metrics("familypa.poison.depth"));
        Assert.NotEmpty(day.Metrics("familypa.message.oldest_unfinished"));

        double Sum(string name, string outcome) => day.Metrics(name).Where(metric => metric.Properties["outcome"] == outcome).Sum(metric => metric.Value);
    }

    [Fact]
    public async Task What_the_models_cost_adds_up_to_the_ledger_by_family_and_by_meter()
    {
        var day = await App.DayAsync();

        var ledger = await App.Database.ScalarAsync<decimal>("select sum(cost_usd) from ai_usage where family_id = $1", DemoFamily.FamilyId);
        var lines = day.Of("MessageData").Where(line => line.Properties.GetValueOrDefault("EventName") == "ModelAnswered").ToList();

        Assert.All(lines, line => Assert.Equal(DemoFamily.FamilyId.ToString(), line.Properties["family_id"]));
        // The ledger rounds each call to a millionth of a dollar.
        Assert.Equal((double)ledger, lines.Sum(line => double.Parse(line.Properties["cost_usd"], CultureInfo.InvariantCulture)), 5e-6);
        Assert.Equal((double)ledger, day.Metrics("familypa.ai.cost").Sum(metric => metric.Value), 5e-6);
    }

    [Fact]
    public async Task The_timeline_of_a_message_names_its_trace()
    {
        var day = await App.DayAsync();

        await using var source = NpgsqlDataSource.Create(App.Database.AppConnectionString);
        var timeline = await new MessageTimeline(new Database(source), NullLogger<MessageTimeline>.Instance).ReadAsync(day.Text, reveal: false, new Actor("operator", "test"), Cancellation);

        Assert.Equal(TraceIdOf(day, day.Text), JsonNode.Parse(timeline!)!["event"]!["trace_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Each_attempt_names_the_query_that_finds_its_lines_and_no_others()
    {
        var day = await App.DayAsync();
        var attempts = await App.Database.RowsAsync(
            "select a.phase, a.logs_url from job_attempts a join processing_jobs j on j.id = a.job_id where j.message_sid = $1", day.Voice);
        Assert.Equal(4, attempts.Count);

        var found = await kusto.RunAsync(
            attempts.ToDictionary(attempt => (string)attempt["phase"]!, attempt => (string)attempt["logs_url"]!), Ingestion.Rows(day.Items), DateTimeOffset.UtcNow);

        Assert.All(found, query =>
        {
            Assert.Empty(query.Value.Errors);
            var lines = query.Value.Rows.Select(row => row["Properties"]).ToList();
            Assert.All(lines, line => Assert.Equal((day.Voice, query.Key), (line.GetProperty("message_sid").GetString(), line.GetProperty("phase").GetString())));
            Assert.Contains(lines, line => line.GetProperty("EventName").GetString() == "PhaseEnded");
        });
    }

    [Fact]
    public async Task No_byte_of_it_holds_a_secret_a_phone_number_or_what_people_wrote()
    {
        var day = await App.DayAsync();

        string[] planted =
        [
            TelemetryApp.Planted, "PLANTED", TelemetryApp.PlantedPhone[1..], DemoFamily.Owner.Phone[1..], "wrong-secret-guess", "buy milk", "water the plants",
            .. App.Secrets,
        ];
        Assert.All(planted, secret => Assert.DoesNotContain(secret, day.Received, StringComparison.OrdinalIgnoreCase));
        Assert.All(planted, secret => Assert.DoesNotContain(Uri.EscapeDataString(secret), day.Received, StringComparison.OrdinalIgnoreCase));
        // The errors that quote texts did arrive.
        Assert.Contains(day.Of("MessageData"), line => line.Properties is { } said && said.GetValueOrDefault("EventName") == "RequestFailed" && said["error_code"] == "database_P0001");
        Assert.Contains(day.Of("MessageData"), line => line.Properties is { } said && said.GetValueOrDefault("EventName") == "CallFailed" && said["error_code"] == "database_P0001");
        Assert.Contains(day.Of("ExceptionData"), error => error.Data.GetRawText().Contains("PostgreSQL refused: P0001", StringComparison.Ordinal));
    }

    private static string TraceIdOf(Day day, string messageSid) =>
        Assert.Single(day.About(messageSid).Where(item => item.Name == "persist").Select(item => item.OperationId).Take(1))!;

    /// <summary>All items of the message's trace according to the database.</summary>
    private async Task<IReadOnlyList<TelemetryItem>> TraceAsync(Day day, string messageSid)
    {
        var id = await App.Database.ScalarAsync<string>("select trace_id from webhook_events where message_sid = $1", messageSid);
        return [.. day.Items.Where(item => item.OperationId == id)];
    }

    /// <summary>The app's spans and the webhook call, in the order of their start.</summary>
    private static IEnumerable<string> Spans(IEnumerable<TelemetryItem> trace) => trace
        .Where(item => item.Kind is "RequestData" or "RemoteDependencyData" && (Catalogue.Spans.Contains(item.Name!) || item.Name == "function TwilioMessage"))
        .OrderBy(item => item.Time).Select(item => item.Name!);

    /// <summary>Each span but the first has a parent that arrived too.</summary>
    private static void AssertHangsTogether(IReadOnlyList<TelemetryItem> trace)
    {
        var spans = trace.Select(item => item.Id).OfType<string>().ToHashSet();
        Assert.All(trace.Where(item => item.Name != "function TwilioMessage"), item => Assert.Contains(item.ParentId!, spans));
    }
}
