using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Local.App;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

public sealed class When_a_message_asks_for_a_recurring_task(FastApp app) : AppTest<FastApp>(app)
{
    private static int phones;

    private readonly string phone = $"+4477009005{Interlocked.Increment(ref phones):00}";
    private readonly string word = $"w{Guid.NewGuid():N}"[..9];

    private string Title => $"Bins {word}";

    public override async ValueTask InitializeAsync() => await App.Database.ExecuteAsync(
        "insert into family_members (family_id, display_name, phone_e164) values ($1, $3, $2)", DemoFamily.FamilyId, phone, $"Kim {word}");

    [Fact]
    public async Task The_reply_says_how_often_and_when_next_and_done_brings_the_next()
    {
        var sid = await AskAsync();

        Assert.StartsWith($"Added 1 task:\n1. {Title} - every Monday, next Mon 2 Dec 2030, 18:00", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal($"Done: {Title}, next Mon 9 Dec 2030, 18:00", await SayAsync("done"));
        Assert.Equal(["2030-12-02 done", "2030-12-09 open"], await OccurrencesAsync());
        Assert.True(await App.Database.ScalarAsync<bool>("select bool_and(remind_at = due_at and created_by is not null) from tasks where title = $1", Title));

        await SayAsync("undo");
        Assert.Equal(["2030-12-02 open"], await OccurrencesAsync());
    }

    [Fact]
    public async Task A_replay_adds_neither_series_nor_occurrence_and_the_timeline_has_the_series()
    {
        var sid = await AskAsync();
        await SayAsync("done");

        await App.ReplayAsync(new { message_sid = sid, from_phase = "finalize" });
        await App.WaitForAsync(() => App.Database.ScalarAsync<string>("select status || generation from processing_jobs where message_sid = $1", sid), status => status == "done1", "the replay's end");

        Assert.Equal(["2030-12-02 done", "2030-12-09 open"], await OccurrencesAsync());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from series where source_message_sid = $1", sid));
        Assert.Equal("FREQ=WEEKLY;BYDAY=MO", (await App.AskAsync($"/api/admin/events/{sid}?reveal=true")).Json.GetProperty("series")[0].Text("rule"));
    }

    [Fact]
    public async Task Undo_withdraws_all_of_it()
    {
        await AskAsync();

        await SayAsync("undo");

        Assert.Equal(["2030-12-02 canceled"], await OccurrencesAsync());
    }

    [Fact]
    public async Task One_is_skipped_and_undo_brings_it_back()
    {
        await AskAsync();

        Assert.Equal($"Skipped: {Title}, next Mon 9 Dec 2030, 18:00", await ChangeAsync("not this week", new { task = 1, operation = "skip", confidence = 0.9 }));
        Assert.Equal(["2030-12-02 canceled", "2030-12-09 open"], await OccurrencesAsync());

        await SayAsync("undo");
        Assert.Equal(["2030-12-02 open"], await OccurrencesAsync());
    }

    [Fact]
    public async Task What_the_model_understands_as_done_says_the_next_date_too()
    {
        await AskAsync();

        Assert.Equal($"Done: {Title}, next Mon 9 Dec 2030, 18:00", await ChangeAsync("the bins are out", new { task = 1, operation = "complete", confidence = 0.9 }));
    }

    [Fact]
    public async Task It_is_stopped_and_undo_lets_it_go_on()
    {
        await AskAsync();

        Assert.Equal($"Deleted: {Title}", await ChangeAsync("stop the bins", new { task = 1, operation = "delete", confidence = 0.9 }));
        Assert.Equal(["2030-12-02 canceled"], await OccurrencesAsync());

        await SayAsync("undo");
        await SayAsync($"done {Title}");
        Assert.Equal(["2030-12-02 done", "2030-12-09 open"], await OccurrencesAsync());
    }

    [Fact]
    public async Task One_is_moved_without_the_others()
    {
        await AskAsync();

        await ChangeAsync("this one on Tuesday", new { task = 1, operation = "update", due_at = "2030-12-03T18:00", confidence = 0.9 });
        await SayAsync($"done {Title}");

        Assert.Equal(["2030-12-02 done", "2030-12-09 open"], await OccurrencesAsync());
    }

    [Fact]
    public async Task All_that_follow_change_and_undo_restores_the_former_rhythm()
    {
        await AskAsync();

        var reply = await ChangeAsync("every other Tuesday from now on", new
        {
            task = 1,
            operation = "update",
            due_at = "2030-12-03T18:00",
            recurrence = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            confidence = 0.9,
        });
        Assert.Equal($"Changed: {Title} - every 2 weeks on Tuesday, next Tue 3 Dec 2030, 18:00", reply);
        await SayAsync("undo");
        await SayAsync($"done {Title}");
        Assert.Equal(["2030-12-02 done", "2030-12-09 open"], await OccurrencesAsync());

        await ChangeAsync("every other Tuesday from now on", new
        {
            task = 1,
            operation = "update",
            due_at = "2030-12-10T18:00",
            recurrence = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            confidence = 0.9,
        });
        await SayAsync($"done {Title}");
        Assert.Equal(["2030-12-02 done", "2030-12-10 done", "2030-12-24 open"], await OccurrencesAsync());
    }

    [Theory]
    [InlineData("twilio_21610")]
    [InlineData("twilio_21606")]
    public async Task A_reminder_that_neither_WhatsApp_nor_SMS_will_bring_is_warned_of_when_it_is_made_and_when_it_moves(string code)
    {
        const string warning = "I can only remind you here if you write to me within a day before.";
        Assert.DoesNotContain(warning, await ReplyAsync(await AskAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain(warning, await SayAsync("snooze 3d"), StringComparison.Ordinal);
        await App.Database.ScalarAsync<object?>("select close_channel($1, $2, $3)", phone, code, DemoFamily.TwilioNumber);

        Assert.EndsWith(warning, await SayAsync("snooze 3d"), StringComparison.Ordinal);
        Assert.DoesNotContain(warning, await SayAsync("snooze 2h"), StringComparison.Ordinal);
        Assert.Contains(warning, await ChangeAsync("this one on Tuesday", new { task = 1, operation = "update", due_at = "2030-12-03T18:00", confidence = 0.9 }), StringComparison.Ordinal);
        var soon = DateTime.UtcNow.AddHours(3).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
        var daily = await SendAsync("a pill", tasks: [new { title = $"Pill {word}", due_at = soon, recurrence = "FREQ=DAILY", confidence = 0.95 }]);
        Assert.Contains(warning, await ReplyAsync(daily), StringComparison.Ordinal);
        var once = await SendAsync("a parcel", tasks: [new { title = $"Parcel {word}", due_at = soon, confidence = 0.95 }]);
        Assert.DoesNotContain(warning, await ReplyAsync(once), StringComparison.Ordinal);

        // Another is reminded of it.
        await App.Database.ExecuteAsync("update tasks set assignees = array[$2::uuid] where title = $1", Title, DemoFamily.Second.UserId);
        Assert.DoesNotContain(warning, await ChangeAsync("on Wednesday", new { task = 1, operation = "update", due_at = "2030-12-04T18:00", confidence = 0.9 }), StringComparison.Ordinal);
        await App.Database.ExecuteAsync("delete from closed_channels where address in ($1, $2)", phone, DemoFamily.TwilioNumber);
    }

    [Fact]
    public async Task A_rule_that_is_none_is_asked_about_and_the_task_is_there_once()
    {
        var sid = await AskAsync("FREQ=SECONDLY");

        Assert.Contains($"I could not tell how often “{Title}” comes up again", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(series_id) from tasks where title = $1", Title));
    }

    private async Task<string> AskAsync(string recurrence = "FREQ=WEEKLY;BYDAY=MO") => await SendAsync(
        "bins every Monday at 6", tasks: [new { title = Title, due_at = "2030-12-02T18:00", recurrence, confidence = 0.95 }]);

    private async Task<string> ChangeAsync(string text, object change) => await ReplyAsync(await SendAsync(text, changes: [change]));

    private async Task<string> SendAsync(string text, object[]? tasks = null, object[]? changes = null)
    {
        text = $"{text} {Title}";
        using var script = App.OpenAI.Respond(
            request => JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("message").GetString() == text,
            request => new JsonObject
            {
                ["tasks"] = JsonSerializer.SerializeToNode(tasks ?? []),
                ["changes"] = Numbered(JsonSerializer.SerializeToNode(changes ?? [])!.AsArray(), request.UserMessage),
                ["list"] = null,
                ["clarifying_question"] = null,
                ["language"] = "en",
            }.ToJsonString());
        var sid = await App.TextAsync(text, phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    /// <summary>The number of the open task of this title, as the model was shown it.</summary>
    private JsonArray Numbered(JsonArray changes, string message)
    {
        foreach (var change in changes)
            change!["task"] = JsonDocument.Parse(message).RootElement.GetProperty("tasks").EnumerateArray()
                .Single(task => task.GetProperty("title").GetString() == Title && !task.TryGetProperty("done", out _)).GetProperty("number").GetInt32();
        return changes;
    }

    private async Task<string> SayAsync(string text)
    {
        var sid = await App.TextAsync(text, phone);
        await App.WaitForJobAsync(sid, "done");
        return await ReplyAsync(sid);
    }

    private Task<string> ReplyAsync(string sid) => App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    private async Task<IReadOnlyList<string>> OccurrencesAsync() =>
        [.. (await App.Database.RowsAsync("select occurrence::text || ' ' || status as o from tasks where title = $1 order by occurrence", Title)).Select(row => (string)row["o"]!)];
}
