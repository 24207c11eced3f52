using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FamilyPa.Tests.Replies;

public sealed class When_a_member_has_sent_STOP(TestEnvironment environment)
{
    [Fact]
    public async Task Whatever_waits_or_is_meant_for_them_is_suppressed_but_the_answer_to_it()
    {
        await using var database = await environment.CreateDatabaseAsync();
        await DemoFamily.SeedAsync(database.AdminConnectionString, TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        var kinds = Enum.GetValues<ReplyKind>();
        foreach (var kind in kinds)
        {
            await database.ExecuteAsync(
                "insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status) values ($1, 'waits', $2, $3, '+1', 'hi', 'pending')",
                DemoFamily.FamilyId, ReplyOutbox.Name(kind), $"whatsapp:{DemoFamily.Owner.Phone}");
        }

        await database.ExecuteAsync("update family_members set opted_out_at = now() where user_id = $1", DemoFamily.Owner.UserId);

        foreach (var (kind, sid) in kinds.SelectMany(kind => new[] { (kind, "waits"), (kind, "is meant") }))
            Assert.Equal((kind, sid, false), (kind, sid, await IsTakenUpAsync(source, Message(kind, sid))));
        Assert.False(await IsTakenUpAsync(source, Message(ReplyKind.Reply, "STOP by SMS") with { To = DemoFamily.Owner.Phone, ConfirmsStop = true, SuppressedBecause = "answered_by_twilio" }));
        Assert.True(await IsTakenUpAsync(source, Message(ReplyKind.Reply, "STOP") with { ConfirmsStop = true }));
        Assert.Equal(
            kinds.Length * 2, await database.ScalarAsync<long>("select count(*) from outbound_messages where status = 'suppressed' and error_code = 'opted_out'"));
    }

    private static OutgoingMessage Message(ReplyKind kind, string sid) =>
        new(kind, DemoFamily.FamilyId, sid, $"whatsapp:{DemoFamily.Owner.Phone}", $"whatsapp:{DemoFamily.TwilioNumber}", "hi");

    private static async Task<bool> IsTakenUpAsync(NpgsqlDataSource source, OutgoingMessage message)
    {
        var database = new Database(source);
        await using var batch = ReplyOutbox.AddIntent(database.AsService(), message);
        return await new ReplyOutbox(database, null!, NullLogger<ReplyOutbox>.Instance).StoreIntentAsync(batch, message, TestContext.Current.CancellationToken) is not null;
    }
}
