using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
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
                "insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status) values ($1, 'waits', $2, $3, '', 'hi', 'pending')",
                DemoFamily.FamilyId, kind.ToString().ToLowerInvariant(), $"whatsapp:{DemoFamily.Owner.Phone}");
        }

        await database.ExecuteAsync("update family_members set opted_out_at = now() where user_id = $1", DemoFamily.Owner.UserId);

        foreach (var (kind, sid) in kinds.SelectMany(kind => new[] { (kind, "waits"), (kind, "is meant") }))
            Assert.Equal((kind, sid, kind == ReplyKind.Reply), (kind, sid, await TakeUpAsync(source, sid, kind, suppressed: false) is not null));
        Assert.Null(await TakeUpAsync(source, "another", ReplyKind.Reply, suppressed: true));
        Assert.Equal(
            kinds.Length * 2 - 1, await database.ScalarAsync<long>("select count(*) from outbound_messages where status = 'suppressed'"));
    }

    private static async Task<string?> TakeUpAsync(NpgsqlDataSource source, string sid, ReplyKind kind, bool suppressed)
    {
        await using var batch = ReplyOutbox.AddIntent(
            new Database(source).AsService(), DemoFamily.FamilyId, sid, kind, $"whatsapp:{DemoFamily.Owner.Phone}", "", "hi", suppressed);
        return await batch.SingleAsync(row => row.GetString(0), TestContext.Current.CancellationToken);
    }
}
