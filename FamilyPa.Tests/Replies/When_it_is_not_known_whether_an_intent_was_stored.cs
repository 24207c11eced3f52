using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Replies;

public sealed class When_it_is_not_known_whether_an_intent_was_stored(TestEnvironment environment)
{
    [Fact]
    public async Task Who_took_the_reply_up_may_ask_again_and_nobody_else()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await environment.CreateDatabaseAsync();
        await DemoFamily.SeedAsync(database.AdminConnectionString, cancellation);
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        await using var mine = Intend(source);
        await using var another = Intend(source);

        Assert.Equal("Added.", await mine.SingleAsync(row => row.GetString(0), cancellation));

        Assert.Null(await another.SingleAsync(row => row.GetString(0), cancellation));
        Assert.Equal("Added.", await mine.SingleAsync(row => row.GetString(0), cancellation));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from outbound_messages"));
    }

    private static DatabaseBatch Intend(NpgsqlDataSource source) => ReplyOutbox.AddIntent(
        new Database(source).AsService(),
        new OutgoingMessage(
            ReplyKind.Reply, DemoFamily.FamilyId, "SM00000000000000000000000000000001",
            $"whatsapp:{DemoFamily.Owner.Phone}", $"whatsapp:{DemoFamily.TwilioNumber}", "Added."));
}
