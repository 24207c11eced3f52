using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Storage;

public sealed class When_the_database_is_migrated(TestEnvironment environment) : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await environment.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_role_ends_with_its_batch()
    {
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString + ";Maximum Pool Size=1");
        var access = new Database(source);
        var cancellation = TestContext.Current.CancellationToken;

        await using (var batch = access.AsService().Add("select current_user::text"))
            Assert.Equal("service_role", await batch.SingleAsync(row => row.GetString(0), cancellation));
        await using (var broken = access.AsService().Add("select 1/0"))
            await Assert.ThrowsAsync<PostgresException>(() => broken.ExecuteAsync(cancellation));

        await using var command = source.CreateCommand("select current_user::text");
        Assert.Equal("familypa_app", await command.ExecuteScalarAsync(cancellation));
    }

    [Fact]
    public async Task A_batch_that_its_guard_refuses_gives_the_connection_back()
    {
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString + ";Maximum Pool Size=1;Timeout=1");
        var access = new Database(source);
        var cancellation = TestContext.Current.CancellationToken;

        for (var i = 0; i < 3; i++)
        {
            await using var refused = access.AsService().Guard("select 1/0").Add("select 1");
            await Assert.ThrowsAsync<PostgresException>(() => refused.SingleAsync(row => row.GetInt32(0), cancellation));
        }

        await using var batch = access.AsService().Add("select 1");
        Assert.Equal(1, await batch.SingleAsync(row => row.GetInt32(0), cancellation));
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_nothing()
    {
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        await using var batch = new Database(source).AsService()
            .Add("insert into families (name, timezone) values ('Half', 'UTC')").Add("select 1/0");

        await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteAsync(TestContext.Current.CancellationToken));

        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from families where name = 'Half'"));
    }

    [Theory]
    [InlineData("update webhook_events set provider = 'x'")]
    [InlineData("delete from webhook_events")]
    [InlineData("truncate webhook_events cascade")]
    public async Task What_Twilio_sent_cannot_be_changed_even_with_full_rights(string sql)
    {
        await DemoFamily.SeedAsync(database.AdminConnectionString, TestContext.Current.CancellationToken);
        await database.ExecuteAsync("insert into webhook_events (message_sid, family_id, raw_payload, size_bytes) values ('SM1', $1, '{}', 0)", DemoFamily.FamilyId);

        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));
    }

    [Theory]
    [InlineData("received", "done", false)]
    [InlineData("received", "extracting", true)]
    [InlineData("extracting", "done", false)]
    [InlineData("finalizing", "done", true)]
    [InlineData("done", "extracting", false)]
    [InlineData("failed", "done", false)]
    [InlineData("failed", "extracting", true)]
    public async Task A_job_moves_only_as_the_machine_allows(string from, string to, bool allowed)
    {
        await DemoFamily.SeedAsync(database.AdminConnectionString, TestContext.Current.CancellationToken);
        await database.ExecuteAsync(
            """
            with event as (
              insert into webhook_events (message_sid, family_id, raw_payload, size_bytes) values ('SM2', $1, '{}', 0) returning id)
            insert into processing_jobs (webhook_event_id, message_sid, family_id, status, current_phase) select id, 'SM2', $1, $2, 'extract' from event
            """,
            DemoFamily.FamilyId, from);

        var moved = await Record.ExceptionAsync(() => database.ExecuteAsync("update processing_jobs set status = $1 where message_sid = 'SM2'", to));

        Assert.Equal(allowed, moved is null);
    }

    [Fact]
    public async Task Repeated_and_concurrent_migrations_are_harmless()
    {
        await using var empty = await environment.CreateEmptyDatabaseAsync();
        var applied = new System.Collections.Concurrent.ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Migrator.Run(empty.AdminConnectionString, applied.Add))));

        Assert.NotEmpty(applied);
        Assert.Equal(applied.Distinct().Count(), applied.Count);
    }

    /// <summary>Row security shows the journal to its owner only, so another login would apply every file again.</summary>
    [Fact]
    public async Task Another_login_is_told_whose_the_database_is_until_it_is_handed_over()
    {
        await using var owned = await environment.CreateEmptyDatabaseAsync();
        string[] logins = [$"first of {owned.Name}", $"second of {owned.Name}"];
        foreach (var login in logins)
            await owned.ExecuteAsync($"create role \"{login}\" login createrole password 'x'; grant create on database {owned.Name} to \"{login}\"; grant create on schema public to \"{login}\"");
        // Any earlier migration of this server created the roles, as a superuser.
        await owned.ExecuteAsync($"grant anon, authenticated, service_role, familypa_app to \"{logins[0]}\", \"{logins[1]}\" with admin option");
        Migrate(logins[0]);
        await owned.ExecuteAsync($"grant usage on schema migration to \"{logins[1]}\"; grant all on migration.journal to \"{logins[1]}\"");

        var refused = Assert.Throws<DifferentOwnerException>(() => Migrate(logins[1]));
        await owned.ExecuteAsync($"reassign owned by \"{logins[0]}\" to \"{logins[1]}\"");

        Assert.Contains($"belongs to {logins[0]}, and this login is {logins[1]}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Migrate(logins[1]));
        Assert.Throws<DifferentOwnerException>(() => Migrate(logins[0]));

        List<string> Migrate(string login)
        {
            var applied = new List<string>();
            Migrator.Run(new NpgsqlConnectionStringBuilder(owned.AdminConnectionString) { Username = login, Password = "x", Pooling = false }.ConnectionString, applied.Add);
            return applied;
        }
    }

    /// <summary>As in Azure: administrators may create roles and databases and are members of the database's owner, but no superusers.</summary>
    [Fact]
    public async Task An_administrator_who_is_no_superuser_hands_it_over_and_the_app_goes_on()
    {
        await using var owned = await environment.CreateEmptyDatabaseAsync();
        var (administrators, person, group, later) = ($"administrators of {owned.Name}", $"person of {owned.Name}", $"Group of {owned.Name}", $"later of {owned.Name}");
        await owned.ExecuteAsync($"create role \"{administrators}\"; alter database {owned.Name} owner to \"{administrators}\"");
        foreach (var login in new[] { person, group, later })
            await owned.ExecuteAsync($"create role \"{login}\" login createrole createdb password 'x' in role \"{administrators}\"");
        // As if this login had created them, which another one of this server has.
        await owned.ExecuteAsync($"grant anon, authenticated, service_role, familypa_app to \"{person}\" with admin true, inherit false, set false");
        Migrator.Run(As(person), _ => { });
        await DemoFamily.SeedAsync(owned.AdminConnectionString, TestContext.Current.CancellationToken);

        Migrator.HandOver(As(person), group);
        Migrator.HandOver(As(group), later);

        foreach (var login in new[] { person, group, later })
            Migrator.Run(As(login), file => Assert.Fail($"{login} applies {file}"));
        await using (var source = NpgsqlDataSource.Create(As(group)))
        await using (var command = source.CreateCommand("comment on role familypa_app is null"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var app = NpgsqlDataSource.Create(owned.AppConnectionString);
        await using var batch = new Database(app).AsService().Add("select count(*) from erase_family($1, 'x', 'x')", DemoFamily.FamilyId);
        Assert.Equal(1, await batch.SingleAsync(row => row.GetInt64(0), TestContext.Current.CancellationToken));
        Assert.Equal($"{owned.Name}_owner", await owned.ScalarAsync<string>("select string_agg(distinct pg_get_userbyid(relowner), ' ') from pg_class where relnamespace = 'public'::regnamespace"));
        Assert.Equal(0, await owned.ScalarAsync<long>("select count(*) from families"));

        string As(string login) => new NpgsqlConnectionStringBuilder(owned.AdminConnectionString) { Username = login, Password = "x", Pooling = false }.ConnectionString;
    }

    [Fact]
    public async Task The_service_may_call_new_functions_but_not_with_the_owners_rights()
    {
        await using var owned = await environment.CreateEmptyDatabaseAsync();
        Migrator.Run(owned.AdminConnectionString, _ => { });
        await owned.ExecuteAsync("create function callers() returns int language sql as 'select 1'; create function owners() returns int language sql security definer as 'select 1'");

        Migrator.Run(owned.AdminConnectionString, _ => { });

        Assert.Equal(
            ["service_role may call callers"],
            (await owned.RowsAsync(
                """
                select format('%s may call %s', r.rolname, p.proname) as rights from pg_proc p, pg_roles r
                where p.proname in ('callers', 'owners') and r.rolname in ('anon', 'authenticated', 'service_role') and has_function_privilege(r.oid, p.oid, 'execute')
                """)).Select(row => (string)row["rights"]!));
    }
}
