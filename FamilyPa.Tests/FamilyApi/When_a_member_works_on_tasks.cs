using System.Text.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_member_works_on_tasks(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;
    private MemberClient owner = null!;
    private MemberClient member = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
        owner = await App.SignInAsync(family.Of("owner"));
        member = await App.SignInAsync(family.Of("member"));
    }

    [Fact]
    public async Task A_task_is_made_read_changed_and_deleted()
    {
        var assignee = family.Of("member").UserId;

        var made = await owner.PostAsync("/api/tasks", new { title = "  buy milk ", notes = "two\nlitres", category = "shopping", assignee, due_at = "2026-12-01T17:00:00+01:00" });

        Assert.Equal(201, made.Status);
        Assert.Empty(ApiDocument.Mistakes(made.Json, "Task"));
        var id = made.Json.Text("id");
        Assert.Equal(($"/api/tasks/{id}", "\"1\""), (made.Headers["Location"], made.Headers["ETag"]));
        Assert.Equal(
            ("buy milk", "two\nlitres", "shopping", assignee.ToString(), "open", family.Of("owner").UserId.ToString(), "1"),
            (made.Json.Text("title"), made.Json.Text("notes"), made.Json.Text("category"), made.Json.Text("assignee"), made.Json.Text("status"),
                made.Json.Text("created_by"), made.Json.Text("version")));
        Assert.Equal((new DateTimeOffset(2026, 12, 1, 16, 0, 0, TimeSpan.Zero), false), (made.Json.GetProperty("due_at").GetDateTimeOffset(), made.Json.GetProperty("due_all_day").GetBoolean()));

        var changed = await member.PatchAsync($"/api/tasks/{id}", new { status = "done", notes = (string?)null, assignee = (Guid?)null });
        Assert.Equal((200, "\"2\""), (changed.Status, changed.Headers["ETag"]));
        Assert.Equal(("done", "", "", "shopping", "buy milk"), (changed.Json.Text("status"), changed.Json.Text("notes"), changed.Json.Text("assignee"), changed.Json.Text("category"), changed.Json.Text("title")));
        Assert.NotEqual(JsonValueKind.Null, changed.Json.GetProperty("completed_at").ValueKind);
        Assert.Equal(2026, changed.Json.GetProperty("due_at").GetDateTimeOffset().Year);

        Assert.Equal(JsonValueKind.Null, (await member.PatchAsync($"/api/tasks/{id}", new { status = "open", due_at = (string?)null })).Json.GetProperty("completed_at").ValueKind);
        var read = await member.GetAsync($"/api/tasks/{id}");
        Assert.Equal((200, "\"3\"", JsonValueKind.Null), (read.Status, read.Headers["ETag"], read.Json.GetProperty("due_at").ValueKind));

        Assert.Equal((403, "not_allowed"), Of(await member.DeleteAsync($"/api/tasks/{id}")));
        Assert.Equal(204, (await owner.DeleteAsync($"/api/tasks/{id}")).Status);
        Assert.Equal((404, "unknown_task"), Of(await owner.DeleteAsync($"/api/tasks/{id}")));
        Assert.Equal((404, "unknown_task"), Of(await owner.GetAsync($"/api/tasks/{id}")));
        Assert.Equal((404, "unknown_task"), Of(await owner.PatchAsync($"/api/tasks/{id}", new { title = "x" })));
    }

    [Fact]
    public async Task What_is_invisible_or_turns_text_around_is_left_out()
    {
        var made = await owner.PostAsync("/api/tasks", new { title = "pay \u202Egnp.ecioffe\u202C\u200B now", notes = "a\u2066b\n  c 👩‍👧" });

        Assert.Equal(("pay gnp.ecioffe now", "ab\n  c 👩‍👧"), (made.Json.Text("title"), made.Json.Text("notes")));
        Assert.Equal(400, (await owner.PostAsync("/api/tasks", new { title = "\u200B\u2066" })).Status);
    }

    [Fact]
    public async Task A_reminder_moves_with_its_due_date_unless_another_is_given()
    {
        var made = await owner.PostAsync("/api/tasks", new { title = "Dentist", due_at = "2030-12-02T16:00Z", remind_at = "2030-12-01T16:00Z" });

        Assert.Equal("2030-12-08T17:00:00+00:00", await RemindAtAsync(new { due_at = "2030-12-09T17:00Z" }));
        Assert.Equal("2030-12-10T09:00:00+00:00", await RemindAtAsync(new { due_at = "2030-12-10T17:00Z", remind_at = "2030-12-10T09:00Z" }));
        Assert.Equal("2030-12-10T09:00:00+00:00", await RemindAtAsync(new { title = "Dentist, with forms" }));
        Assert.Equal("", await RemindAtAsync(new { due_at = "2030-12-11" }));

        async Task<string?> RemindAtAsync(object change) => (await member.PatchAsync($"/api/tasks/{made.Json.Text("id")}", change)).Json.Text("remind_at");
    }

    [Theory]
    [InlineData("2026-12-01", "2026-12-01T23:59:00Z", true)]
    [InlineData("2026-07-01", "2026-07-01T22:59:00Z", true)]
    [InlineData("2026-07-01T17:00", "2026-07-01T16:00:00Z", false)]
    [InlineData("2026-03-29T01:30", "2026-03-29T01:30:00Z", false)]
    [InlineData("2026-10-25T01:30", "2026-10-25T00:30:00Z", false)]
    [InlineData("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z", false)]
    public async Task A_local_time_is_read_where_the_family_lives(string given, string expected, bool allDay)
    {
        var made = await owner.PostAsync("/api/tasks", new { title = "x", due_at = given });

        Assert.Equal((DateTimeOffset.Parse(expected, null), allDay), (made.Json.GetProperty("due_at").GetDateTimeOffset(), made.Json.GetProperty("due_all_day").GetBoolean()));
    }

    [Fact]
    public async Task Of_two_who_change_it_at_once_the_second_is_told()
    {
        var task = await MakeAsync("x");
        var path = $"/api/tasks/{task}";

        Assert.Equal(200, (await owner.PatchAsync(path, new { title = "first" }, ("If-Match", "\"1\""))).Status);
        var late = await member.PatchAsync(path, new { title = "second" }, ("If-Match", "\"1\""));
        Assert.Equal((412, "version_conflict"), Of(late));
        Assert.Equal("\"2\"", late.Headers["ETag"]);
        foreach (var stale in (string[])["W/\"2\"", "\"x\"", "2", "\"1\", \"3\""])
            Assert.Equal((412, "version_conflict"), Of(await member.PatchAsync(path, new { title = "second" }, ("If-Match", stale))));
        Assert.Equal((412, "version_conflict"), Of(await owner.DeleteAsync(path, ("If-Match", "\"1\""))));
        Assert.Equal("first", (await owner.GetAsync(path)).Json.Text("title"));

        Assert.Equal(200, (await member.PatchAsync(path, new { title = "third" }, ("If-Match", "\"1\", \"2\""))).Status);
        Assert.Equal(200, (await member.PatchAsync(path, new { title = "fourth" }, ("If-Match", "*"))).Status);

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => owner.PatchAsync(path, new { title = $"race {i}" }, ("If-Match", "\"4\""))));
        Assert.Equal((1, 9), (all.Count(answer => answer.Status == 200), all.Count(answer => answer.Status == 412)));
    }

    [Fact]
    public async Task A_create_that_is_sent_again_is_done_once_and_answered_the_same()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var body = """{"title":"once"}""";

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => owner.PostAsync("/api/tasks", body, key)));

        Assert.All(all, answer => Assert.Equal((201, all[0].Body), (answer.Status, answer.Body)));
        Assert.Equal(1, await CountAsync());
        await owner.PatchAsync($"/api/tasks/{all[0].Json.Text("id")}", new { title = "changed since" });
        Assert.Equal(all[0].Body, (await owner.PostAsync("/api/tasks", body, key)).Body);
        Assert.Equal((422, "idempotency_conflict"), Of(await owner.PostAsync("/api/tasks", """{"title":"other"}""", key)));
        // A key is its member's own.
        Assert.Equal(201, (await member.PostAsync("/api/tasks", """{"title":"other"}""", key)).Status);
        // A day later it is free again.
        await App.Database.ExecuteAsync("update idempotency_keys set created_at = now() - interval '25 hours' where user_id = $1", family.Of("owner").UserId);
        Assert.Equal(201, (await owner.PostAsync("/api/tasks", """{"title":"other"}""", key)).Status);
        foreach (var bad in (string[])["a b", new string('k', 201)])
            Assert.Equal((400, "invalid_request"), Of(await owner.PostAsync("/api/tasks", body, ("Idempotency-Key", bad))));
        // What failed took no key.
        Assert.Equal(400, (await owner.PostAsync("/api/tasks", new { title = "x", assignee = Guid.NewGuid() }, ("Idempotency-Key", "failed"))).Status);
        Assert.Equal(201, (await owner.PostAsync("/api/tasks", new { title = "x" }, ("Idempotency-Key", "failed"))).Status);

        Task<long> CountAsync() => App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1", family.Id);
    }

    [Theory]
    [InlineData("""{}""", "title")]
    [InlineData("""{"title":" "}""", "title")]
    [InlineData("""{"title":null}""", "title")]
    [InlineData("""{"title":5}""", "title")]
    [InlineData("""{"title":"a\u0000b"}""", "title")]
    [InlineData("""{"title":"\ud800"}""", "title")]
    [InlineData("""{"title":"x","assignee":"Sam"}""", "assignee")]
    [InlineData("""{"title":"x","assignee":"0f000000-0000-4000-8000-000000000011"}""", "assignee")]
    [InlineData("""{"title":"x","due_at":"tomorrow"}""", "due_at")]
    [InlineData("""{"title":"x","due_at":"2026-02-30"}""", "due_at")]
    [InlineData("""{"title":"x","due_at":"9999-01-01"}""", "due_at")]
    [InlineData("""{"title":"x","due_at":"2026-12-01T17:00:00+15:00"}""", "due_at")]
    [InlineData("""{"title":"x","due_at":"0000-01-01T00:00:00Z"}""", "due_at")]
    [InlineData("""{"title":"x","due_at":17}""", "due_at")]
    [InlineData("""{"title":"x","created_by":"0f000000-0000-4000-8000-000000000011"}""", "created_by")]
    [InlineData("""{"title":"x","family_id":"0f000000-0000-4000-8000-000000000001"}""", "family_id")]
    [InlineData("""{"title":"x","status":"done","id":"1"}""", "id,status")]
    public async Task What_cannot_be_a_task_is_said_by_field(string body, string fields)
    {
        var answer = await owner.PostAsync("/api/tasks", body);

        Assert.Equal((400, "invalid_request"), Of(answer));
        Assert.Equal(fields, string.Join(',', answer.WrongFields()));
        Assert.Equal("application/problem+json", answer.ContentType);
    }

    [Theory]
    [InlineData("""{"title":null}""", "title")]
    [InlineData("""{"status":"gone"}""", "status")]
    [InlineData("""{"status":null}""", "status")]
    [InlineData("""{"needs_review":true}""", "needs_review")]
    [InlineData("""{"version":7}""", "version")]
    public async Task What_a_task_cannot_become_is_said_by_field(string body, string fields)
    {
        var answer = await owner.PatchAsync($"/api/tasks/{await MakeAsync("x")}", body);

        Assert.Equal(((400, "invalid_request"), fields), (Of(answer), string.Join(',', answer.WrongFields())));
    }

    [Fact]
    public async Task What_is_no_JSON_object_or_too_large_is_refused()
    {
        foreach (var body in (string[])["", "[]", "null", "5", "{", """{"title":"a","title":"b"}""", new string('[', 100) + new string(']', 100), """{"\ud800":1,"title":"x"}"""])
            Assert.Equal((400, "invalid_json"), Of(await owner.PostAsync("/api/tasks", body)));
        Assert.Equal((413, "payload_too_large"), Of(await owner.PostAsync("/api/tasks", new { title = "x", notes = new string('n', 70_000) })));
        Assert.Equal(400, (await owner.PostAsync("/api/tasks", new { title = new string('t', 201) })).Status);
        Assert.Equal(201, (await owner.PostAsync("/api/tasks", new { title = string.Concat(Enumerable.Repeat("🧀", 200)) })).Status);
    }

    [Fact]
    public async Task What_came_of_a_voice_note_shows_what_was_heard_and_asked()
    {
        var sid = FamilyPaApp.NewSid();
        await App.Database.ExecuteAsync(
            """
            with message as (
              insert into inbound_messages (provider, message_sid, family_id, user_id, from_address, to_address, body) values ('twilio', $1, $2, $3, '+1', '+2', 'see my note')),
            said as (
              insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, language, seconds, deployment)
              values ($2, $1, 0, 'buy milk', 'en', 1.5, 'whisper'), ($2, $1, 1, 'and bread', null, 2, 'whisper')),
            task as (
              insert into tasks (family_id, title, needs_review, confidence, source_message_sid, ordinal) values ($2, 'Buy milk', true, 0.4, $1, 0) returning id)
            insert into clarifications (family_id, user_id, message_sid, task_id, question) select $2, $3, $1, id, 'How much?' from task
            """,
            sid, family.Id, family.Of("member").UserId);

        var page = await owner.GetAsync("/api/tasks?needs_review=true");
        var task = Assert.Single(page.Json.GetProperty("tasks").EnumerateArray());

        Assert.Empty(ApiDocument.Mistakes(page.Json, "TaskPage"));
        Assert.Equal(("How much?", sid, "0.4"), (task.Text("question"), task.Text("source_message_sid"), task.Text("confidence")));
        var heard = task.GetProperty("heard");
        Assert.Equal((family.Of("member").UserId.ToString(), "see my note", "buy milk\nand bread"), (heard.Text("by"), heard.Text("text"), heard.Text("transcript")));
        var seen = await owner.PatchAsync($"/api/tasks/{task.Text("id")}", new { needs_review = false });
        Assert.Equal(("False", ""), (seen.Json.Text("needs_review"), seen.Json.Text("question")));

        var transcripts = await member.GetAsync("/api/transcriptions?limit=1");
        Assert.Empty(ApiDocument.Mistakes(transcripts.Json, "TranscriptionPage"));
        var next = await member.GetAsync($"/api/transcriptions?limit=1&cursor={transcripts.Json.Text("next_cursor")}");
        Assert.Equal(
            ["and bread", "buy milk"],
            new[] { transcripts, next }.SelectMany(answer => answer.Json.GetProperty("transcriptions").EnumerateArray()).Select(one => one.Text("transcript")).Order());
        Assert.Equal(JsonValueKind.Null, next.Json.GetProperty("next_cursor").ValueKind);
        Assert.Equal((400, "invalid_request"), Of(await member.GetAsync("/api/transcriptions?limit=0")));
        Assert.Empty((await (await App.SignInAsync((await App.AddFamilyAsync("owner")).Of("owner"))).GetAsync("/api/transcriptions")).Json.GetProperty("transcriptions").EnumerateArray());
    }

    private static (int, string?) Of(Answer answer) => (answer.Status, answer.Code());

    private async Task<string> MakeAsync(string title) => (await owner.PostAsync("/api/tasks", new { title })).Json.Text("id")!;
}
