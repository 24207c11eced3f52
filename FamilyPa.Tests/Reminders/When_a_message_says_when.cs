using System.Globalization;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Reminders;

public sealed class When_a_message_says_when(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Its_sender_is_reminded_once_as_the_time_comes_near()
    {
        await App.Database.BeAtAsync(12);
        var sid = await App.TextAsync("water the orchids tomorrow at 5pm");
        await App.WaitForJobAsync(sid, "done");
        await App.RunTimerAsync("Reminders");
        Assert.DoesNotContain(App.Twilio.Sent, sent => sent.Body.StartsWith("Reminder", StringComparison.Ordinal));

        await App.Database.ExecuteAsync("update tasks set due_at = now() - interval '1 minute', created_at = now() - interval '1 day' where source_message_sid = $1", sid);
        await App.RunTimerAsync("Reminders");
        await App.RunTimerAsync("Reminders");

        var reminder = Assert.Single(App.Twilio.Sent, sent => sent.Body.StartsWith("Reminder", StringComparison.Ordinal));
        Assert.StartsWith("Reminder: Water the orchids", reminder.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reminder_comes_at_that_time_unless_another_was_said()
    {
        var day = DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        using var script = App.OpenAI.Respond(request => request.UserMessage.Contains("hedge and bins", StringComparison.Ordinal), $$"""
            {"tasks":[{"title":"Cut the hedge","due_at":"{{day}}T22:00","remind_at":null,"confidence":0.9},
             {"title":"Bins","due_at":"{{day}}","remind_at":"{{day}}T07:00","confidence":0.9},
             {"title":"Letter","due_at":"{{day}}","remind_at":null,"confidence":0.9}],"clarifying_question":null,"language":"en"}
            """);

        var sid = await App.TextAsync("hedge and bins");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(
            [$"{day} 22:00", $"{day} 07:00", null],
            (await App.Database.RowsAsync(
                """
                select to_char(t.remind_at at time zone f.timezone, 'YYYY-MM-DD HH24:MI') as at
                from tasks t join families f on f.id = t.family_id where t.source_message_sid = $1 order by t.ordinal
                """, sid)).Select(row => row["at"]));
    }

    [Fact]
    public async Task Who_could_not_be_reminded_is_told_by_the_next_reply_and_once()
    {
        var sid = await App.TextAsync("feed the tortoise");
        await App.WaitForJobAsync(sid, "done");
        await App.Database.ExecuteAsync(
            """
            insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status, error_code)
            select t.family_id, format('reminder:%s:1', t.id), 'reminder', m.from_address, m.to_address, '', 'suppressed', 'outside_window'
            from tasks t join inbound_messages m on m.message_sid = t.source_message_sid where t.source_message_sid = $1
            """, sid);

        var next = await App.TextAsync("buy milk");
        await App.WaitForJobAsync(next, "done");
        var list = await App.TextAsync("list");
        await App.WaitForJobAsync(list, "done");

        Assert.EndsWith("I could not remind you in time of: Feed the tortoise", await ReplyAsync(next), StringComparison.Ordinal);
        Assert.DoesNotContain("could not remind", await ReplyAsync(list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_asked_and_did_meanwhile_is_told_by_the_next_reply_and_once()
    {
        await App.Database.ExecuteAsync(
            """
            with made as (
              insert into tasks (family_id, title, status, assignees, assigned_by, completed_by, created_by)
              select m.family_id, g.title, g.status, array[g.whose], g.by, case g.status when 'done' then $2 end, g.by
              from family_members m cross join lateral (values ('Fetch the globe', 'open', m.user_id, $2), ('Wind the clock', 'done', $2, m.user_id)) g (title, status, whose, by)
              where m.user_id = $1 returning *)
            insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status, error_code)
            select t.family_id, format('%s:%s:%s', case t.status when 'done' then 'completed' else 'assigned' end, t.id, m.user_id), 'task_notice', m.phone_e164, '', '', 'suppressed', 'outside_window'
            from made t join family_members m on m.user_id = $1
            """,
            DemoFamily.Owner.UserId, DemoFamily.Second.UserId);

        var list = await App.TextAsync("list");
        await App.WaitForJobAsync(list, "done");
        var again = await App.TextAsync("list");
        await App.WaitForJobAsync(again, "done");

        var told = await ReplyAsync(list);
        Assert.Contains($"\n{DemoFamily.Second.Name} asks you: Fetch the globe", told, StringComparison.Ordinal);
        Assert.Contains($"\n{DemoFamily.Second.Name} has done: Wind the clock", told, StringComparison.Ordinal);
        Assert.DoesNotContain("asks you", await ReplyAsync(again), StringComparison.Ordinal);
    }

    private Task<string> ReplyAsync(string sid) =>
        App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
}
