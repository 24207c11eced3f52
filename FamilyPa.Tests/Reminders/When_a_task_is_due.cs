using FamilyPa.Core.Reconciliation;
using FamilyPa.Core.Reminders;
using FamilyPa.Core.Settings;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Reminders;

public sealed class When_a_task_is_due(ReminderWorld world) : IClassFixture<ReminderWorld>, IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ResetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Its_member_is_reminded_once()
    {
        await world.TaskAsync("Buy milk", Soon);

        for (var run = 0; run < 3; run++)
            await world.Sender.RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal(($"whatsapp:{DemoFamily.Owner.Phone}", $"whatsapp:{DemoFamily.TwilioNumber}"), (sent.To, sent.From));
        Assert.Matches(@"^Reminder: Buy milk - \w+, .*, \d\d:\d\d\nSend “done” when it is\.$", sent.Body);
        Assert.Equal(["sent"], await world.RowsAsync());
    }

    [Fact]
    public async Task Everybody_whose_task_it_is_is_reminded_once()
    {
        var child = await world.Database.ScalarAsync<Guid>("insert into family_members (family_id, display_name) values ($1, 'Lily') returning user_id", DemoFamily.FamilyId);
        var task = await world.TaskAsync("Paint the fence", Soon, assignee: DemoFamily.Second.UserId);
        await world.Database.ExecuteAsync("update tasks set assignees = $2 where id = $1", task, new[] { child, DemoFamily.Second.UserId, DemoFamily.Owner.UserId });

        await world.Sender.RunAsync(Cancellation);
        await world.Sender.RunAsync(Cancellation);

        Assert.Equal(
            [DemoFamily.Second.Phone, $"whatsapp:{DemoFamily.Owner.Phone}"], world.Twilio.Sent.Select(sent => sent.To).Order(StringComparer.Ordinal));
        await world.Database.ExecuteAsync("delete from family_members where user_id = $1", child);
    }

    [Fact]
    public async Task One_that_recurs_and_was_not_completed_moves_on_to_its_next_time_when_that_has_come()
    {
        var pill = await RecurAsync("Take the pill", Soon);
        var walk = await RecurAsync("Walk the dog", Soon);
        await world.Database.ExecuteAsync("update series set upcoming = array[starts + 4] where title = 'Walk the dog'");

        await world.Sender.RunAsync(Cancellation);
        await world.Sender.RunAsync(Cancellation);

        Assert.StartsWith("Reminder: Take the pill", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
        Assert.Equal((0, 3), (await DaysLateAsync(pill), await DaysLateAsync(walk)));
        await world.Database.ExecuteAsync("update tasks set status = 'done' where id = $1", pill);
        Assert.Equal(
            1, await world.Database.ScalarAsync<long>("select count(*) from tasks n, tasks t where t.id = $1 and n.series_id = t.series_id and n.occurrence = t.occurrence + 1 and n.status = 'open'", pill));
    }

    [Fact]
    public async Task One_that_recurs_says_that_it_is_late_when_it_moves_on_late()
    {
        await RecurAsync("Take the pill", TimeSpan.FromMinutes(-90));

        await world.Sender.RunAsync(Cancellation);

        Assert.StartsWith("Sorry, this reminder is late: Take the pill", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_opened_again_after_its_next_one_was_done_stays_where_it_is()
    {
        var pill = await RecurAsync("Take the pill", Soon);
        await world.Database.ExecuteAsync(
            "insert into tasks (family_id, title, series_id, occurrence, due_at, status) select family_id, title, series_id, occurrence + 3, due_at + interval '3 days', 'done' from tasks where id = $1", pill);

        await world.Sender.RunAsync(Cancellation);

        Assert.Equal(3, await DaysLateAsync(pill));
        Assert.Empty(world.Twilio.Sent);
    }

    [Fact]
    public async Task Two_instances_at_once_remind_once()
    {
        await world.TaskAsync("Buy milk", Soon);
        await world.TaskAsync("Buy bread", Soon);
        var senders = Enumerable.Range(0, 4).Select(_ => world.Sender).ToList();

        await Task.WhenAll(senders.Select(sender => sender.RunAsync(Cancellation)));

        Assert.Single(world.Twilio.Sent);
        Assert.Equal(["sent", "suppressed in_one_message"], (await world.RowsAsync()).Order());
    }

    [Fact]
    public async Task What_is_due_together_comes_in_one_message()
    {
        await world.BeAtAsync(8);
        await world.TaskAsync("Buy milk", null);
        await world.TaskAsync("Buy bread", null);
        await world.TaskAsync("Water the plants", null, assignee: DemoFamily.Second.UserId);
        await world.WroteAsync(DemoFamily.Second, "", TimeSpan.FromDays(30));

        await world.Sender.RunAsync(Cancellation);
        await world.Sender.RunAsync(Cancellation);

        Assert.Equal(2, world.Twilio.Sent.Count);
        var mine = Assert.Single(world.Twilio.Sent, sent => sent.To.EndsWith(DemoFamily.Owner.Phone, StringComparison.Ordinal)).Body;
        Assert.Contains("1. Buy ", mine, StringComparison.Ordinal);
        Assert.Contains("2. Buy ", mine, StringComparison.Ordinal);
        Assert.Equal(DemoFamily.Second.Phone, Assert.Single(world.Twilio.Sent, sent => sent.Body.Contains("plants", StringComparison.Ordinal)).To);
        Assert.Equal(2L, await world.Database.ScalarAsync<long>("select cardinality(task_ids)::bigint from chat_turns where kind = 'list'"));
    }

    [Theory]
    [InlineData("status = 'done'")]
    [InlineData("status = 'canceled'")]
    [InlineData("due_at = null")]
    [InlineData("due_at = now() + interval '2 hours'")]
    [InlineData("due_at = now() - interval '2 hours'")]
    [InlineData("created_by = null")]
    public async Task Nobody_is_reminded_of_what_needs_none(string change)
    {
        var task = await world.TaskAsync("Buy milk", Soon);
        await world.Database.ExecuteAsync($"update tasks set {change} where id = $1", task);

        await world.Sender.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
        Assert.Empty(await world.RowsAsync());
    }

    [Fact]
    public async Task What_was_due_while_the_app_was_down_is_told_once_and_late()
    {
        await world.TaskAsync("Take the pill", TimeSpan.FromHours(-3), remind: TimeSpan.FromHours(-3));
        await world.TaskAsync("Fetch the cake", TimeSpan.FromHours(-2));
        await world.TaskAsync("Buy milk", Soon);
        await world.TaskAsync("Long ago", TimeSpan.FromHours(-25), remind: TimeSpan.FromHours(-25));
        await world.Database.ExecuteAsync("update tasks set status = 'done' where id = $1", await world.TaskAsync("Done by now", TimeSpan.FromHours(-3)));
        await world.Database.ExecuteAsync("update tasks set due_at = now() - interval '4 hours' where id = $1", await world.TaskAsync("Moved there just now", Soon));

        await world.Sender.RunAsync(Cancellation);
        await world.Sender.RunAsync(Cancellation);

        Assert.Equal(2, world.Twilio.Sent.Count);
        Assert.StartsWith("Reminder: Buy milk", Assert.Single(world.Twilio.Sent, sent => sent.Body.Contains("milk", StringComparison.Ordinal)).Body, StringComparison.Ordinal);
        Assert.Matches(
            @"^Sorry, this reminder is late:\n1\. Take the pill - .*\d\d:\d\d \(overdue\)\n2\. Fetch the cake - .*\d\d:\d\d \(overdue\)\nSend",
            Assert.Single(world.Twilio.Sent, sent => !sent.Body.Contains("milk", StringComparison.Ordinal)).Body);
    }

    [Fact]
    public async Task A_late_reminder_wakes_nobody()
    {
        await world.TaskAsync("Take the pill", TimeSpan.FromHours(-3), remind: TimeSpan.FromHours(-3));
        await world.BeAtAsync(3);
        await world.Sender.RunAsync(Cancellation);
        Assert.Empty(world.Twilio.Sent);

        await world.BeAtAsync(9);
        await world.Sender.RunAsync(Cancellation);

        Assert.StartsWith("Sorry, this reminder is late: Take the pill", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_put_off_is_reminded_of_again()
    {
        var task = await world.TaskAsync("Buy milk", Soon);
        await world.Sender.RunAsync(Cancellation);

        await world.Database.ExecuteAsync("update tasks set due_at = due_at + interval '5 minutes' where id = $1", task);
        await world.Sender.RunAsync(Cancellation);

        Assert.Equal(2, world.Twilio.Sent.Count);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Nobody_is_woken(int hour)
    {
        await world.TaskAsync("Buy milk", Soon);
        await world.BeAtAsync(hour);

        await world.Sender.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
    }

    [Fact]
    public async Task Who_sent_STOP_hears_nothing()
    {
        await world.TaskAsync("Buy milk", Soon);
        await world.Database.ExecuteAsync("update family_members set opted_out_at = now() where user_id = $1", DemoFamily.Owner.UserId);

        await world.Sender.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(22)]
    public async Task A_time_that_was_said_is_kept_at_night_too(int hour)
    {
        await world.BeAtAsync(hour);
        await RemindAtAsync(await world.TaskAsync("Take the pill", TimeSpan.FromMinutes(-1)), TimeSpan.FromMinutes(-1));
        await RemindAtAsync(await world.TaskAsync("Later", Soon), Soon);

        await world.Sender.RunAsync(Cancellation);
        await world.Sender.RunAsync(Cancellation);

        Assert.StartsWith("Reminder: Take the pill", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reminder_can_come_days_before_the_task_is_due_or_without_a_due_date()
    {
        await RemindAtAsync(await world.TaskAsync("Renew passport", TimeSpan.FromDays(9)), TimeSpan.FromMinutes(-2));
        var undated = await world.TaskAsync("Stretch", Soon);
        await world.Database.ExecuteAsync("update tasks set due_at = null where id = $1", undated);
        await RemindAtAsync(undated, TimeSpan.FromMinutes(-2));

        await world.Sender.RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent).Body;
        Assert.Contains("Renew passport", sent, StringComparison.Ordinal);
        Assert.Contains("Stretch", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reminder_at_the_due_time_moves_with_it()
    {
        var task = await world.TaskAsync("Buy milk", Soon);
        await world.Database.ExecuteAsync("update tasks set remind_at = due_at where id = $1", task);

        await world.Database.ExecuteAsync("update tasks set due_at = due_at + interval '1 hour' where id = $1", task);

        Assert.True(await world.Database.ScalarAsync<bool>("select remind_at = due_at from tasks where id = $1", task));
    }

    [Fact]
    public async Task Outside_of_WhatsApps_window_it_comes_by_SMS()
    {
        await DayOldAsync();
        await world.TaskAsync("Buy milk", Soon);

        await world.Sender.RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal((DemoFamily.Owner.Phone, DemoFamily.TwilioNumber), (sent.To, sent.From));
    }

    [Fact]
    public async Task Outside_of_WhatsApps_window_an_approved_template_says_it()
    {
        await DayOldAsync();
        await world.TaskAsync("Buy milk", Soon);
        await world.TaskAsync("Buy bread", Soon);

        await world.Instance(("Reminders__WhatsAppTemplate", "HX0123456789abcdef0123456789abcdef")).GetRequiredService<ReminderSender>().RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal(($"whatsapp:{DemoFamily.Owner.Phone}", "HX0123456789abcdef0123456789abcdef"), (sent.To, sent.ContentSid));
    }

    [Fact]
    public async Task Outside_of_WhatsApps_window_it_is_noted_where_nothing_else_can_send_it()
    {
        await DayOldAsync();
        await world.TaskAsync("Buy milk", Soon);
        await world.TaskAsync("Buy bread", Soon);
        var silent = world.Instance(("Reminders__BySms", "false")).GetRequiredService<ReminderSender>();

        await silent.RunAsync(Cancellation);
        await world.WroteAsync(DemoFamily.Owner, "whatsapp:", TimeSpan.Zero);
        await silent.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
        Assert.Equal(["suppressed outside_window", "suppressed outside_window"], await world.RowsAsync());
    }

    [Fact]
    public async Task A_number_that_opted_out_at_its_carrier_is_not_tried_again_until_it_writes()
    {
        await world.Database.ExecuteAsync("delete from inbound_messages");
        await world.WroteAsync(DemoFamily.Owner, "", TimeSpan.FromHours(1));
        await world.TaskAsync("Buy milk", Soon);
        await world.Database.ExecuteAsync("insert into closed_channels (address, code) values ($1, 'twilio_21610')", DemoFamily.Owner.Phone);

        await world.Sender.RunAsync(Cancellation);
        Assert.Equal(["suppressed channel_closed"], await world.RowsAsync());

        await world.WroteAsync(DemoFamily.Owner, "", TimeSpan.FromSeconds(-5));
        await world.TaskAsync("Buy bread", Soon);
        await world.Sender.RunAsync(Cancellation);

        Assert.Contains("bread", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_never_wrote_is_reminded_by_SMS()
    {
        await world.TaskAsync("Buy milk", Soon, assignee: DemoFamily.Second.UserId);

        await world.Sender.RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal((DemoFamily.Second.Phone, DemoFamily.TwilioNumber), (sent.To, sent.From));
    }

    [Fact]
    public async Task Where_no_numbers_are_configured_it_comes_from_the_one_the_family_wrote_to()
    {
        await world.TaskAsync("Buy milk", Soon, assignee: DemoFamily.Second.UserId);

        await world.Instance(("TWILIO_NUMBERS", "")).GetRequiredService<ReminderSender>().RunAsync(Cancellation);

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal((DemoFamily.Second.Phone, DemoFamily.TwilioNumber), (sent.To, sent.From));
    }

    [Fact]
    public async Task Where_no_number_of_ours_is_known_that_is_noted_once()
    {
        await world.Database.ExecuteAsync("delete from inbound_messages");
        await world.TaskAsync("Buy milk", Soon);
        var nameless = world.Instance(("TWILIO_NUMBERS", "")).GetRequiredService<ReminderSender>();

        await nameless.RunAsync(Cancellation);
        await nameless.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
        Assert.Equal(["suppressed no_number"], await world.RowsAsync());
    }

    [Fact]
    public async Task What_Twilio_did_not_take_is_sent_by_the_next_run()
    {
        await world.TaskAsync("Buy milk", Soon);
        using (world.Twilio.Faults.Add(Fault.Status("messages.create", 503).Once()))
            await world.Sender.RunAsync(Cancellation);
        Assert.Equal(["pending twilio_http_503"], await world.RowsAsync());

        await world.Sender.RunAsync(Cancellation);

        Assert.Single(world.Twilio.Sent);
        Assert.Equal(["sent"], await world.RowsAsync());
    }

    [Fact]
    public async Task What_waits_when_STOP_comes_is_not_sent()
    {
        await world.TaskAsync("Buy milk", Soon);
        using (world.Twilio.Faults.Add(Fault.Status("messages.create", 503).Once()))
            await world.Sender.RunAsync(Cancellation);
        await world.Database.ExecuteAsync("update family_members set opted_out_at = now()");

        await world.Sender.RunAsync(Cancellation);
        await world.Database.ExecuteAsync("update outbound_messages set created_at = now() - interval '2 hours'");
        await world.Sender.RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
        Assert.Equal(["failed twilio_http_503"], await world.RowsAsync());
    }

    [Fact]
    public async Task Whose_fate_is_not_known_is_never_sent_again()
    {
        await world.TaskAsync("Buy milk", Soon);
        using (world.Twilio.Faults.Add(Fault.Cut("messages.create", CutPoint.BeforeEffect).Once()))
            await world.Sender.RunAsync(Cancellation);
        Assert.Equal(["uncertain twilio_connection_lost"], await world.RowsAsync());
        await world.TaskAsync("Buy bread", Soon);

        await world.Sender.RunAsync(Cancellation);
        await world.Instance().GetRequiredService<UncertainReplies>().RunAsync(Cancellation);

        // The second reminder came after it, by which a reply would be known to be lost and be sent once more.
        Assert.Contains("bread", Assert.Single(world.Twilio.Sent).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_make_no_sense_keep_the_app_from_starting() =>
        Assert.Throws<OptionsValidationException>(() => world.Instance(("Reminders__Before", "13:00:00")).GetRequiredService<IOptions<ReminderSettings>>().Value);

    [Fact]
    public async Task An_operator_can_do_without()
    {
        await world.TaskAsync("Buy milk", Soon);

        await world.Instance(("Reminders__Enabled", "false")).GetRequiredService<ReminderSender>().RunAsync(Cancellation);

        Assert.Empty(world.Twilio.Sent);
    }

    [Fact]
    public async Task Finding_nothing_costs_one_look_into_an_index()
    {
        await world.Database.ExecuteAsync(
            "insert into tasks (family_id, title, due_at, created_by) select $1, 'later ' || n, now() + interval '30 days', $2 from generate_series(1, 20000) n",
            DemoFamily.FamilyId, DemoFamily.Owner.UserId);
        await world.Database.ExecuteAsync("analyze tasks");

        var plan = await world.Database.RowsAsync(
            $"explain {DueReminders.Sql}", TimeSpan.FromHours(1), TimeSpan.FromMinutes(30), new TimeOnly(8, 0), new TimeOnly(21, 0), new TimeOnly(8, 0), 500, DemoFamily.TwilioNumber, TimeSpan.FromHours(24));

        Assert.Contains(plan, row => row.Values.Single()!.ToString()!.Contains("tasks_due_in_any_family", StringComparison.Ordinal));
    }

    private async Task DayOldAsync()
    {
        await world.Database.ExecuteAsync("delete from inbound_messages");
        await world.WroteAsync(DemoFamily.Owner, "whatsapp:", TimeSpan.FromHours(25));
    }

    private Task<int> RemindAtAsync(Guid task, TimeSpan fromNow) =>
        world.Database.ExecuteAsync("update tasks set remind_at = now() + $2::interval where id = $1", task, fromNow);

    /// <summary>A daily task whose occurrence of three days ago is still open.</summary>
    private async Task<Guid> RecurAsync(string title, TimeSpan due)
    {
        var task = await world.TaskAsync(title, due);
        await world.Database.ExecuteAsync("update tasks set due_at = due_at - interval '3 days' where id = $1", task);
        await world.Database.ScalarAsync<object?>("select repeat_task(t, 'FREQ=DAILY', null) from tasks t where t.id = $1", task);
        await world.Database.ExecuteAsync(
            "update series set created_at = now() - interval '5 days', upcoming = array(select generate_series(starts + 1, starts + 9, '1 day')::date) where id = (select series_id from tasks where id = $1)", task);
        return task;
    }

    private Task<int> DaysLateAsync(Guid task) => world.Database.ScalarAsync<int>(
        "select (now() at time zone f.timezone)::date - t.occurrence from tasks t join families f on f.id = t.family_id where t.id = $1", task);
}
