using System.Text;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_replays_many(QuietApp app) : AppTest<QuietApp>(app)
{
    [Fact]
    public async Task Each_of_a_list_is_answered_for_in_its_order()
    {
        var failed = await App.StoredAsync(new());
        var done = await App.StoredAsync(new() { Status = "done", Phase = "finalize" });
        var leased = await App.StoredAsync(new() { Status = "extracting" });
        await App.Database.ExecuteAsync("update processing_jobs set leased_until = now() + interval '1 minute' where message_sid = $1", leased);
        var stranger = App.Form("buy milk", "+15005550199");
        await App.PostAsync(stranger);
        var unknown = FamilyPaApp.NewSid();

        var answer = await App.ReplayAsync(new { message_sids = new[] { unknown, failed, done, failed, leased, stranger["MessageSid"], "no sid at all\0" } });

        Assert.Equal(
            [
                (unknown, "unknown"), (failed, "replayed"), (done, "already_done"), (leased, "in_progress"),
                (stranger["MessageSid"], "unknown_sender"), ("no sid at all\0", "unknown"),
            ],
            answer.Outcomes());
        Assert.Equal((6, 1, 5, 2), (Total(answer, "matched"), Total(answer, "replayed"), Total(answer, "skipped"), Total(answer, "unknown")));
        Assert.False(answer.Json.GetProperty("more").GetBoolean());
        Assert.Contains($"{{\"messageSid\":\"{failed}\",\"generation\":1}}", await QueuedAsync("extract"));
    }

    [Theory]
    [InlineData("received", "download", "downloading")]
    [InlineData("deferred", "transcribe", "transcribing")]
    [InlineData("throttled", "extract", "extracting")]
    [InlineData("failed", "finalize", "finalizing")]
    public async Task Whatever_is_not_done_goes_on_in_its_phase(string status, string phase, string working)
    {
        var sid = await App.StoredAsync(new() { Status = status, Phase = phase, Extraction = "{}" });

        for (var generation = 1; generation <= 2; generation++)
            Assert.Equal([(sid, "replayed")], (await App.ReplayAsync(new { message_sids = new[] { sid } })).Outcomes());

        Assert.Equal((working, phase, 2), (await App.JobAsync(sid)) is { } job ? (job.Status, job.Phase, job.Generation) : default);
        Assert.Equal("{}", await App.Database.ScalarAsync<string>("select extraction::text from processing_jobs where message_sid = $1", sid));
    }

    [Fact]
    public async Task A_filter_means_just_those_the_oldest_first()
    {
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var late = await App.StoredAsync(new() { ErrorCode = "filtered", ReceivedAt = noon.AddMinutes(2) });
        var early = await App.StoredAsync(new() { ErrorCode = "filtered", ReceivedAt = noon });
        await App.StoredAsync(new() { ErrorCode = "filtered", ReceivedAt = noon.AddHours(-1) });
        await App.StoredAsync(new() { ErrorCode = "filtered", ReceivedAt = noon.AddHours(1) });
        await App.StoredAsync(new() { ErrorCode = "filtered", Status = "done", ReceivedAt = noon });
        await App.StoredAsync(new() { ErrorCode = "other", ReceivedAt = noon });

        var answer = await App.ReplayAsync(new
        {
            filter = new
            {
                status = "failed,deferred",
                error_code = "filtered",
                family_id = DemoFamily.FamilyId,
                since = "2026-03-01T11:30Z",
                until = "2026-03-01T13:30:00+01:00",
            },
        });

        Assert.Equal([(early, "replayed"), (late, "replayed")], answer.Outcomes());
        var audit = Assert.Single(await App.Database.RowsAsync(
            "select action, details from audit_log where action = 'replay_many' and details -> 'filter' ->> 'error_code' = 'filtered'"));
        Assert.Equal(2, JsonSerializer.Deserialize<JsonElement>((string)audit["details"]!).GetProperty("outcomes").GetProperty("replayed").GetInt32());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from audit_log where action = 'replay' and message_sid = $1", early));
    }

    [Fact]
    public async Task What_is_over_the_limit_is_reached_page_by_page_each_once()
    {
        var sids = new List<string>();
        for (var minute = 0; minute < 7; minute++)
            sids.Add(await App.StoredAsync(new() { ErrorCode = "paged", ReceivedAt = DateTimeOffset.UtcNow.AddDays(-1).AddMinutes(minute / 2) }));

        var pages = new List<int>();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            // What is replayed no longer matches, and one of them fails again at once: neither may shift the pages.
            var answer = await App.ReplayAsync(new { filter = new { error_code = "paged", status = "failed", limit = 3, cursor }, dry_run = false });
            seen.AddRange(answer.Outcomes().Select(job => job.MessageSid));
            pages.Add(answer.Outcomes().Count);
            cursor = answer.Json.GetProperty("more").GetBoolean() ? answer.Json.Text("next_cursor") : null;
            await App.Database.ExecuteAsync("update processing_jobs set status = 'failed', error_code = 'paged' where message_sid = $1", seen[0]);
        }
        while (cursor is not null);

        Assert.Equal([3, 3, 1], pages);
        Assert.Equal(sids.Order(), seen.Order());
    }

    [Fact]
    public async Task A_dry_run_says_how_many_and_changes_nothing()
    {
        for (var count = 0; count < 3; count++)
            await App.StoredAsync(new() { ErrorCode = "dry" });

        var answer = await App.ReplayAsync(new { filter = new { error_code = "dry", limit = 2 }, from_phase = "extract", dry_run = true });

        Assert.Equal((3, 2, 0), (Total(answer, "matched"), Total(answer, "would_replay"), Total(answer, "replayed")));
        Assert.True(answer.Json.GetProperty("more").GetBoolean());
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select max(generation)::bigint from processing_jobs where error_code = 'dry'"));
    }

    [Theory]
    [InlineData("download", 2, 0, null)]
    [InlineData("transcribe", 3, 0, null)]
    [InlineData("extract", 3, 1, null)]
    [InlineData("finalize", 3, 1, "{}")]
    public async Task A_named_phase_clears_what_it_and_those_after_it_left(string phase, int files, int transcripts, string? extraction)
    {
        var sid = await App.StoredAsync(new() { Status = "rejected", Reason = "no_speech", Phase = "finalize", Extraction = "{}" });
        await App.Database.ExecuteAsync(
            """
            insert into media_files (family_id, message_sid, ordinal, media_url, blob_name, reason)
            values ($2, $1, 0, 'u', 'b', null), ($2, $1, 1, 'u', null, null), ($2, $1, 2, 'u', 'b', 'media_unreadable')
            """,
            sid, DemoFamily.FamilyId);
        await App.Database.ExecuteAsync(
            "insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, seconds, deployment) values ($2, $1, 0, 'words', 1, 'd')", sid, DemoFamily.FamilyId);

        await App.ReplayAsync(new { message_sid = sid, from_phase = phase });

        Assert.Equal((phase, phase == "finalize" ? "no_speech" : null), (await App.JobAsync(sid)) is { } job ? (job.Phase, job.Reason) : default);
        Assert.Equal(files, await App.Database.ScalarAsync<long>("select count(*) from media_files where message_sid = $1", sid));
        Assert.Equal(transcripts, await App.Database.ScalarAsync<long>("select count(*) from voice_transcriptions where message_sid = $1", sid));
        Assert.Equal(extraction, await App.Database.ScalarAsync<string?>("select extraction::text from processing_jobs where message_sid = $1", sid));
    }

    [Theory]
    [InlineData("{\"message_sids\":[]}", "message_sids")]
    [InlineData("{\"message_sids\":[null]}", "message_sids")]
    [InlineData("{\"filter\":{}}", "filter")]
    [InlineData("{\"filter\":{\"status\":\"lost\"}}", "filter.status")]
    [InlineData("{\"filter\":{\"status\":[]}}", "filter.status")]
    [InlineData("{\"filter\":{\"phase\":\"lunch\",\"status\":\"failed\"}}", "filter.phase")]
    [InlineData("{\"filter\":{\"familly_id\":\"x\",\"status\":\"failed\"}}", "filter.familly_id")]
    [InlineData("{\"filter\":{\"family_id\":\"x\"}}", "filter.family_id")]
    [InlineData("{\"filter\":{\"status\":\"failed\",\"limit\":0}}", "filter.limit")]
    [InlineData("{\"filter\":{\"status\":\"failed\",\"limit\":1001}}", "filter.limit")]
    [InlineData("{\"filter\":{\"since\":\"yesterday\"}}", "filter.since")]
    [InlineData("{\"filter\":{\"since\":\"2026-03-02\",\"until\":\"2026-03-01\"}}", "filter.since")]
    [InlineData("{\"filter\":{\"status\":\"failed\",\"cursor\":\"?\"}}", "filter.cursor")]
    [InlineData("{\"filter\":{\"status\":\"failed\"},\"from_phase\":\"lunch\"}", "from_phase")]
    [InlineData("{\"filter\":{\"status\":\"failed\"},\"dryrun\":true}", "dryrun")]
    [InlineData("{\"filter\":{\"status\":\"failed\"},\"message_sid\":\"SM1\"}", "message_sid")]
    public async Task What_makes_no_sense_is_refused_and_says_where(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await App.Operator.PostAsync("/api/admin/replay-webhook", content, Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
        Assert.Equal([field], answer.WrongFields());
    }

    [Fact]
    public async Task More_than_a_thousand_at_once_are_refused() =>
        Assert.Equal(["message_sids"], (await App.ReplayAsync(new { message_sids = Enumerable.Range(0, 1001).Select(number => $"SM{number}") })).WrongFields());

    [Fact]
    public async Task Without_the_queue_service_they_are_stored_for_the_sweeper()
    {
        var sid = await App.StoredAsync(new());
        await App.RestartAsync(settings => settings[AppSettings.Storage] = App.Storage.ConnectionString.Replace(
            "QueueEndpoint=http://127.0.0.1:", $"QueueEndpoint=http://127.0.0.1:{LoopbackPort.Free()}/", StringComparison.Ordinal));

        var answer = await App.ReplayAsync(new { message_sids = new[] { sid } });
        await App.RestartAsync(settings => settings[AppSettings.Storage] = App.Storage.ConnectionString);

        Assert.Equal([(sid, "replayed")], answer.Outcomes());
        Assert.True(await App.Database.ScalarAsync<bool>("select queued_at > now() - interval '1 minute' and sweeps = 0 from processing_jobs where message_sid = $1", sid));
    }

    private static long Total(Answer answer, string outcome) => answer.Json.GetProperty("totals").GetProperty(outcome).GetInt64();

    private async Task<IReadOnlyList<string>> QueuedAsync(string queue) =>
        [.. (await App.Storage.Queue(queue).PeekMessagesAsync(32, Cancellation)).Value.Select(message => message.Body.ToString())];
}
