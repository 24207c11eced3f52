using System.Net;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_asks_for_a_message(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Its_whole_timeline_is_one_call_with_people_and_their_words_masked()
    {
        var sid = await App.TextAsync("buy milk");
        await App.WaitForJobAsync(sid);

        var answer = await App.AskAsync($"/api/admin/events/{sid}");
        var timeline = answer.Json;

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(("done", "webhook"), (timeline.GetProperty("job").Text("status"), timeline.GetProperty("event").Text("source")));
        var payload = timeline.GetProperty("event").GetProperty("payload");
        Assert.Equal(
            (sid, "… (8 characters)", "whatsapp:…23", "… (3 characters)"),
            (payload.Text("MessageSid"), payload.Text("Body"), payload.Text("From"), payload.Text("ProfileName")));
        Assert.Equal(
            [("", "received"), ("received", "extracting"), ("extracting", "finalizing"), ("finalizing", "done")],
            timeline.GetProperty("states").EnumerateArray().Select(state => (state.Text("from"), state.Text("to"))));
        Assert.All(
            timeline.GetProperty("states").EnumerateArray(),
            state => Assert.InRange(state.GetProperty("at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1)));
        Assert.Equal(
            ["extract succeeded", "finalize succeeded"],
            timeline.GetProperty("attempts").EnumerateArray().Select(attempt => $"{attempt.Text("phase")} {attempt.Text("outcome")}"));
        Assert.Equal("False", timeline.GetProperty("queue").Text("leased"));
        Assert.Equal(["… (8 characters)"], timeline.GetProperty("tasks").EnumerateArray().Select(task => task.Text("title")));
        Assert.Equal(1, timeline.GetProperty("replies").GetArrayLength());
        Assert.True(timeline.GetProperty("cost_usd").GetDecimal() > 0);
        foreach (var hidden in (string[])["milk", "Milk", "Zoë", DemoFamily.Owner.Phone.TrimStart('+'), "lease_token"])
            Assert.DoesNotContain(hidden, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revealing_shows_them_and_is_noted()
    {
        var sid = await App.TextAsync("buy milk");
        await App.WaitForJobAsync(sid);

        var timeline = (await App.AskAsync($"/api/admin/events/{sid}?reveal=true")).Json;

        var payload = timeline.GetProperty("event").GetProperty("payload");
        Assert.Equal(("buy milk", $"whatsapp:{DemoFamily.Owner.Phone}"), (payload.Text("Body"), payload.Text("From")));
        Assert.Contains("milk", timeline.GetProperty("tasks")[0].Text("title"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("reveal", Assert.Single(timeline.GetProperty("audit").EnumerateArray()).Text("action"));
        Assert.Equal((400, "invalid_request"), await App.AskAsync($"/api/admin/events/{sid}?reveal=perhaps") is var wrong ? (wrong.Status, wrong.Code()) : default);
    }

    [Fact]
    public async Task A_voice_notes_timeline_holds_its_recordings_transcripts_and_questions()
    {
        var sid = await App.StoredAsync(new() { Status = "done", Phase = "finalize" });
        await App.Database.ExecuteAsync(
            """
            with file as (
              insert into media_files (family_id, message_sid, ordinal, media_url, content_type, blob_name, size_bytes, seconds)
              values ($2, $1, 0, 'https://private', 'audio/ogg', 'media/0', 1000, 2.5)),
            transcript as (
              insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, language, seconds, deployment) values ($2, $1, 0, 'private', 'en', 2.5, 'whisper'))
            insert into clarifications (family_id, user_id, message_sid, question) values ($2, $3, $1, 'private?')
            """,
            sid, DemoFamily.FamilyId, DemoFamily.Owner.UserId);

        var answer = await App.AskAsync($"/api/admin/events/{sid}");

        var file = Assert.Single(answer.Json.GetProperty("media").EnumerateArray());
        Assert.Equal(("audio/ogg", "1000", "2.5"), (file.Text("content_type"), file.Text("size_bytes"), file.Text("seconds")));
        var transcript = Assert.Single(answer.Json.GetProperty("transcripts").EnumerateArray());
        Assert.Equal(("en", "… (7 characters)"), (transcript.Text("language"), transcript.Text("transcript")));
        Assert.Equal("… (8 characters)", Assert.Single(answer.Json.GetProperty("clarifications").GetProperty("asked").EnumerateArray()).Text("question"));
        Assert.DoesNotContain("private", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_state_is_told_replays_among_them()
    {
        var sid = await App.StoredAsync(new() { Status = "extracting" });
        foreach (var (status, reason) in ((string, string?)[])[("deferred", null), ("extracting", null), ("failed", "retries_exhausted")])
            await App.Database.ExecuteAsync("update processing_jobs set status = $2, status_reason = $3 where message_sid = $1", sid, status, reason);
        await App.ReplayAsync(new { message_sid = sid });
        await App.WaitForJobAsync(sid, "done");

        var states = (await App.AskAsync($"/api/admin/events/{sid}")).Json.GetProperty("states").EnumerateArray().ToList();

        Assert.Equal(
            ["extracting 0", "deferred 0", "extracting 0", "failed 0 retries_exhausted", "extracting 1", "finalizing 1", "done 1"],
            states.Select(state => $"{state.Text("to")} {state.Text("generation")} {state.Text("reason")}".TrimEnd()));
    }

    [Fact]
    public async Task A_sender_in_no_family_has_a_timeline_too()
    {
        var form = App.Form("buy milk", null, ("From", "+15005550123"));
        await App.PostAsync(form);

        using var response = await App.Operator.GetAsync($"/api/admin/events/{form["MessageSid"]}", Cancellation);

        Assert.Equal("unknown_sender", (await Answer.ReadAsync(response)).Json.GetProperty("unmatched").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("SM00000000000000000000000000000000")]
    [InlineData("SM%27%3B")]
    [InlineData("buy%20milk")]
    [InlineData("'%20or%20'1'='1")]
    public async Task An_unknown_one_is_a_clear_404(string sid)
    {
        using var response = await App.Operator.GetAsync($"/api/admin/events/{sid}", Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((404, "unknown_message"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Nobody_else_is_told_anything()
    {
        using var response = await App.Http.GetAsync("/api/admin/events/SM1", Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Readiness_answers_anyone_with_nothing_but_200()
    {
        using var response = await App.Http.GetAsync("/api/health/ready", Cancellation);

        Assert.Equal((HttpStatusCode.OK, ""), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
    }
}
