using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Reminders;

public sealed class When_a_message_says_when(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Its_sender_is_reminded_once_as_the_time_comes_near()
    {
        await ReminderWorld.BeAtAsync(App.Database, 12);
        var sid = await App.TextAsync("water the orchids tomorrow at 5pm");
        await App.WaitForJobAsync(sid, "done");
        await App.RunTimerAsync("Reminders");
        Assert.DoesNotContain(App.Twilio.Sent, sent => sent.Body.StartsWith("Reminder", StringComparison.Ordinal));

        await App.Database.ExecuteAsync("update tasks set due_at = now() + interval '20 minutes', created_at = now() - interval '1 day' where source_message_sid = $1", sid);
        await App.RunTimerAsync("Reminders");
        await App.RunTimerAsync("Reminders");

        var reminder = Assert.Single(App.Twilio.Sent, sent => sent.Body.StartsWith("Reminder", StringComparison.Ordinal));
        Assert.StartsWith("Reminder: Water the orchids", reminder.Body, StringComparison.Ordinal);
    }
}
