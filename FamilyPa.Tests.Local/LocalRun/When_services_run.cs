using Azure;
using Azure.Storage.Queues;
using FamilyPa.Local;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_services_run(TestEnvironment environment)
{
    [Fact]
    public void A_reserved_port_is_given_to_no_other_service()
    {
        using var kept = LoopbackPort.Hold(0);

        using var other = LoopbackPort.Hold(kept.Number);
        Assert.NotEqual(kept.Number, other.Number);
        Assert.False(LoopbackPort.IsFree(kept.Number));
    }

    [Fact]
    public async Task Each_database_is_migrated_and_separate()
    {
        await using var first = await environment.CreateDatabaseAsync();
        await using var second = await environment.CreateDatabaseAsync();
        await first.ExecuteAsync("insert into families (name, timezone) values ($1, $2)", "Firsts", "Europe/London");

        Assert.Equal(1L, await first.ScalarAsync<long>("select count(*) from families"));
        Assert.Equal(0L, await second.ScalarAsync<long>("select count(*) from families"));
    }

    [Fact]
    public async Task The_app_may_log_in_and_read_nothing_by_itself()
    {
        await using var database = await environment.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.AppConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from families", connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_database_speaks_utf8_in_the_c_locale_and_utc()
    {
        await using var database = await environment.CreateDatabaseAsync();

        Assert.Equal("UTF8", await database.ScalarAsync<string>("show server_encoding"));
        Assert.Equal("C", await database.ScalarAsync<string>("select datcollate from pg_database where datname = current_database()"));
        Assert.Equal("UTC", await database.ScalarAsync<string>("show timezone"));
    }

    [Fact]
    public async Task Storage_accounts_do_not_share_their_queues()
    {
        var first = await environment.TakeStorageAccountAsync();
        var second = await environment.TakeStorageAccountAsync();
        await first.Queue("extract").SendMessageAsync("SM1", TestContext.Current.CancellationToken);

        Assert.Equal("SM1", (await first.Queue("extract").PeekMessageAsync(TestContext.Current.CancellationToken)).Value.Body.ToString());
        Assert.Null((await second.Queue("extract").PeekMessageAsync(TestContext.Current.CancellationToken)).Value);
        Assert.True(await second.Queue("finalize-poison").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_state_folder_is_closed_to_other_users()
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Repository.StateFolder));
    }

    [Fact]
    public async Task Storage_keys_are_random_for_each_start()
    {
        await using var first = await AzuriteServer.StartAsync(null, "one", "two");
        await using var second = await AzuriteServer.StartAsync(null, "one");

        var keys = new[] { first.ConnectionString("one"), first.ConnectionString("two"), second.ConnectionString("one") }.Select(Key).ToList();

        Assert.Equal(3, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(64, Convert.FromBase64String(key).Length));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(
            () => new QueueClient(second.ConnectionString("one").Replace(keys[2], keys[0], StringComparison.Ordinal), "extract").CreateAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(403, refused.Status);

        static string Key(string connection) => connection.Split("AccountKey=")[1].Split(';')[0];
    }
}
