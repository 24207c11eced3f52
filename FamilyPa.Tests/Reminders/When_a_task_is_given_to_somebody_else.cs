using FamilyPa.Core.Reminders;
using FamilyPa.Local.App;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Reminders;

public sealed class When_a_task_is_given_to_somebody_else(ReminderWorld world) : IClassFixture<ReminderWorld>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Guid Ann => DemoFamily.Owner.UserId;

    private static Guid Ben => DemoFamily.Second.UserId;

    public async ValueTask InitializeAsync()
    {
        await world.ResetAsync();
        await world.WroteAsync(DemoFamily.Second, "whatsapp:", TimeSpan.FromHours(1));
        await world.Database.ExecuteAsync("update family_members set notified = true");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task They_are_told_once_also_by_two_instances_at_once()
    {
        await GiveAsync("Fetch the parcel");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync()));
        await RunAsync();

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal(($"whatsapp:{DemoFamily.Second.Phone}", $"{DemoFamily.Owner.Name} asks you: Fetch the parcel\nSend “done” when it is."), (sent.To, sent.Body));
        Assert.Equal(1, await world.Database.ScalarAsync<long>("select count(*) from chat_turns where kind = 'reminder' and user_id = $1", Ben));
    }

    [Fact]
    public async Task Who_asked_is_told_when_another_has_done_it_and_nobody_else_is()
    {
        var task = await GiveAsync("Fetch the parcel");
        await RunAsync();
        world.Twilio.Reset();

        await DoneAsync(task, Ben);
        await RunAsync();
        await RunAsync();

        var sent = Assert.Single(world.Twilio.Sent);
        Assert.Equal(($"whatsapp:{DemoFamily.Owner.Phone}", $"{DemoFamily.Second.Name} has done: Fetch the parcel"), (sent.To, sent.Body));
    }

    [Fact]
    public async Task All_who_share_it_are_told_and_hear_from_each_other_that_it_is_done()
    {
        var cleo = await CleoAsync();
        var task = await GiveAsync("Paint the fence");
        await world.Database.ExecuteAsync("update tasks set assignees = $2, assigned_by = $3 where id = $1", task, new[] { Ben, cleo }, Ann);

        await RunAsync();
        await RunAsync();
        Assert.Equal([DemoFamily.Second.Phone, CleosPhone], Told());
        Assert.All(world.Twilio.Sent, sent => Assert.StartsWith($"{DemoFamily.Owner.Name} asks you: Paint the fence", sent.Body, StringComparison.Ordinal));
        world.Twilio.Reset();

        await DoneAsync(task, Ben);
        await RunAsync();
        await RunAsync();
        Assert.Equal([DemoFamily.Owner.Phone, CleosPhone], Told());
        Assert.All(world.Twilio.Sent, sent => Assert.Equal($"{DemoFamily.Second.Name} has done: Paint the fence", sent.Body));
    }

    [Fact]
    public async Task Who_takes_a_task_together_with_another_is_not_told_and_who_joins_later_is()
    {
        var cleo = await CleoAsync();
        var task = await GiveAsync("Paint the fence");
        await world.Database.ExecuteAsync("update tasks set assignees = $2, assigned_by = $3 where id = $1", task, new[] { Ann, Ben }, Ann);
        await RunAsync();
        Assert.Equal([DemoFamily.Second.Phone], Told());
        world.Twilio.Reset();

        await world.Database.ExecuteAsync("update tasks set assignees = $2, assigned_by = $3 where id = $1", task, new[] { Ann, Ben, cleo }, Ben);
        await RunAsync();

        // Ann had it already, but Ben has asked her as well now.
        Assert.Contains(CleosPhone, Told());
        Assert.DoesNotContain(DemoFamily.Second.Phone, Told());
    }

    [Fact]
    public async Task Who_did_it_themselves_is_not_told_so()
    {
        await DoneAsync(await GiveAsync("Fetch the parcel"), Ann);

        await RunAsync();

        Assert.Empty(world.Twilio.Sent);
    }

    [Fact]
    public async Task Several_come_in_one_message_and_back_and_forth_tells_each_once()
    {
        var first = await GiveAsync("Fetch the parcel");
        await GiveAsync("Buy milk");
        await RunAsync();
        Assert.Equal(
            $"{DemoFamily.Owner.Name} asks you:\n1. Fetch the parcel\n2. Buy milk\nSend “done 1” when the first is done.", Assert.Single(world.Twilio.Sent).Body);

        for (var i = 0; i < 3; i++)
        {
            await AssignAsync(first, to: Ann, by: Ben);
            await RunAsync();
            await AssignAsync(first, to: Ben, by: Ann);
            await RunAsync();
        }

        Assert.Equal(2, world.Twilio.Sent.Count);
    }

    [Theory]
    [InlineData("update family_members set notified = false")]
    [InlineData("update family_members set opted_out_at = now()")]
    [InlineData("update tasks set status = 'canceled'")]
    [InlineData("update tasks set assigned_by = assignee")]
    [InlineData("update family_members set last_inbound_at = now() - interval '2 days'")]
    public async Task Nobody_is_told_who_must_not_be(string change)
    {
        await GiveAsync("Fetch the parcel");
        await world.Database.ExecuteAsync(change);

        await RunAsync();

        Assert.Empty(world.Twilio.Sent);
    }

    [Fact]
    public async Task Quiet_hours_are_waited_for()
    {
        await GiveAsync("Fetch the parcel");
        await world.BeAtAsync(23);
        await RunAsync();
        Assert.Empty(world.Twilio.Sent);

        await world.BeAtAsync(12);
        await RunAsync();
        Assert.Single(world.Twilio.Sent);
    }

    [Theory]
    [InlineData("update family_members set last_inbound_at = now() - interval '2 days'", "outside_window")]
    [InlineData("insert into closed_channels (address, code) select from_address, 'twilio_63014' from inbound_messages", "channel_closed")]
    public async Task What_cannot_be_sent_is_kept_for_the_next_reply(string closing, string reason)
    {
        await GiveAsync("Fetch the parcel");
        await DoneAsync(await GiveAsync("Buy milk"), Ben);
        await world.Database.ExecuteAsync(closing);

        await RunAsync();
        await RunAsync();

        Assert.Empty(world.Twilio.Sent);
        Assert.Equal(
            [$"assigned {reason} True", $"completed {reason} True"],
            (await world.Database.RowsAsync("select split_part(message_sid, ':', 1) as what, error_code, is_missed from outbound_messages where kind = 'task_notice' order by 1"))
                .Select(row => $"{row["what"]} {row["error_code"]} {row["is_missed"]}"));
    }

    [Fact]
    public async Task A_child_gets_no_message_and_who_made_its_task_is_reminded()
    {
        var lily = await world.Database.ScalarAsync<Guid>(
            "insert into family_members (family_id, display_name) values ($1, 'Lily') returning user_id", DemoFamily.FamilyId);
        var task = await world.TaskAsync("Practise the piano", TimeSpan.FromMinutes(20));
        await AssignAsync(task, to: lily, by: Ann);

        await RunAsync();
        Assert.Empty(world.Twilio.Sent);
        await world.Sender.RunAsync(Cancellation);

        Assert.Equal($"whatsapp:{DemoFamily.Owner.Phone}", Assert.Single(world.Twilio.Sent).To);
        await world.Database.ExecuteAsync("delete from family_members where user_id = $1", lily);
    }

    private const string CleosPhone = "+447700900129";

    /// <summary>Who was told, by number.</summary>
    private List<string> Told() => [.. world.Twilio.Sent.Select(sent => sent.To.Replace("whatsapp:", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private Task<Guid> CleoAsync() => world.Database.ScalarAsync<Guid>(
        "insert into family_members (family_id, display_name, phone_e164) values ($1, 'Cleo', $2) on conflict (phone_e164, family_id) do update set display_name = 'Cleo' returning user_id",
        DemoFamily.FamilyId, CleosPhone);

    private async Task<Guid> GiveAsync(string title)
    {
        var task = await world.TaskAsync(title, TimeSpan.FromDays(30));
        await world.Database.ExecuteAsync("update tasks set due_at = null where id = $1", task);
        await AssignAsync(task, to: Ben, by: Ann);
        return task;
    }

    private Task<int> AssignAsync(Guid task, Guid to, Guid by) =>
        world.Database.ExecuteAsync("update tasks set assignee = $2, assigned_by = $3 where id = $1", task, to, by);

    private Task<int> DoneAsync(Guid task, Guid by) => world.Database.ExecuteAsync("update tasks set status = 'done', completed_by = $2 where id = $1", task, by);

    private Task RunAsync() => world.Instance(("Reminders__BySms", "false")).GetRequiredService<TaskNotices>().RunAsync(Cancellation);
}
