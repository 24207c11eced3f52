using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Storage;

public sealed class When_what_was_received_is_purged(TestEnvironment environment)
{
    [Theory]
    [InlineData("update webhook_events set size_bytes = 0")]
    [InlineData("update webhook_events set purged_at = now()")]
    [InlineData("delete from webhook_events")]
    [InlineData("delete from families")]
    [InlineData("delete from ai_usage")]
    [InlineData("insert into erasures (members) values (0)")]
    [InlineData("delete from erasures")]
    public async Task The_app_cannot_bypass_the_purge_functions(string sql)
    {
        await using var database = await environment.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        await using var batch = new Database(source).AsService().Add("select set_config('familypa.purging', 'on', true)").Add(sql);

        var error = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteAsync(TestContext.Current.CancellationToken));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    [Fact]
    public async Task It_works_for_an_owner_who_is_no_superuser()
    {
        await using var database = await environment.CreateEmptyDatabaseAsync();
        var owner = $"owner_of_{database.Name}";
        await database.ExecuteAsync($"create role {owner} login createrole password 'pw'");
        await database.ExecuteAsync($"grant anon, authenticated, service_role to {owner} with admin option");
        await database.ExecuteAsync($"alter database {database.Name} owner to {owner}");
        var login = new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Username = owner, Password = "pw", Pooling = false }.ConnectionString;
        Migrator.Run(login, _ => { });
        await DemoFamily.SeedAsync(database.AdminConnectionString, TestContext.Current.CancellationToken);
        await database.ExecuteAsync(
            """
            insert into webhook_events (message_sid, family_id, raw_payload, size_bytes, received_at)
            values ('SM1', $1, '{"Body":"x"}', 1, now() - interval '2 days'), ('SM2', $1, '{"Body":"new"}', 1, now())
            """,
            DemoFamily.FamilyId);
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        var app = new Database(source);

        // Whatever the caller asks for, what just arrived stays.
        await using (var purge = app.AsService().Add("select purge_due_events(-1, 1000)"))
            Assert.Equal(["SM1"], await purge.ListAsync(row => row.GetString(0), TestContext.Current.CancellationToken));
        Assert.Equal("{}", await database.ScalarAsync<string>("select raw_payload::text from webhook_events where message_sid = 'SM1'"));
        await using (var erase = app.AsService().Add("select messages from erase_family($1, 'operator:ann (1)', 'request')", DemoFamily.FamilyId))
            await erase.ExecuteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await database.ScalarAsync<long>("select (select count(*) from families) + (select count(*) from webhook_events) + (select count(*) from family_members)"));
        Assert.Equal(
            ["retention purge_events", "operator:ann (1) erase_family"],
            (await database.RowsAsync("select actor || ' ' || action as entry from audit_log order by created_at")).Select(row => row["entry"]));
    }
}
