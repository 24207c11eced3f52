using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

public sealed class When_nobody_can_tell_who_asks(TwoFamilies families) : IClassFixture<TwoFamilies>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"OWNER\"")]
    [InlineData("[\"OWNER\"]")]
    [InlineData("{}")]
    [InlineData("{\"sub\":null}")]
    [InlineData("{\"sub\":5}")]
    [InlineData("{\"sub\":\"\"}")]
    [InlineData("{\"sub\":\"not an id\"}")]
    [InlineData("{\"sub\":\"OWNER' or true --\"}")]
    [InlineData("{\"sub\":\"' || (select user_id from family_members limit 1) || '\"}")]
    [InlineData("{\"sub\":[\"OWNER\"]}")]
    [InlineData("{\"sub\":{\"sub\":\"OWNER\"}}")]
    [InlineData("{\"SUB\":\"OWNER\"}")]
    [InlineData("{\"user\":{\"sub\":\"OWNER\"}}")]
    [InlineData("{\"sub\":\"OWNER\"} {\"sub\":\"OWNER\"}")]
    [InlineData("{\"role\":\"service_role\"}")]
    [InlineData("{\"sub\":\"00000000-0000-0000-0000-000000000000\",\"role\":\"service_role\"}")]
    public async Task It_is_nobody_and_no_error_says_more(string? claims)
    {
        await using var connection = await families.Source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        if (claims is not null)
            await RunAsync(connection, "select set_config('request.jwt.claims', $1, true)", claims.Replace("OWNER", families.A.Owner.ToString(), StringComparison.Ordinal));
        await RunAsync(connection, "set local role authenticated");

        foreach (var table in Declared.Tables)
            Assert.Equal(0L, await RunAsync(connection, $"select count({table.Value.Selected.First()}) from {table.Key}"));
        Assert.Equal(false, await RunAsync(connection, "select is_family_member($1) or family_role($1) is not null or may_manage($1, 'member') or cardinality(my_families()) > 0", families.A.Id));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, "insert into tasks (family_id, title) values ($1, 'x')", families.A.Id));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Claims_nested_too_deep_to_read_are_nobodys()
    {
        await using var connection = await families.Source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await RunAsync(connection, "select set_config('request.jwt.claims', repeat('[', 1000000), true), set_config('role', 'authenticated', true)");

        Assert.Equal(0L, await RunAsync(connection, "select count(*) from tasks"));
    }

    [Theory]
    [InlineData("select 1")]
    [InlineData("select 1/0")]
    [InlineData("select * from webhook_events")]
    [InlineData("select pg_sleep(60)")]
    public async Task A_connection_that_a_member_used_is_nobodys_again(string last)
    {
        await using var source = NpgsqlDataSource.Create(families.Database.AppConnectionString + ";Maximum Pool Size=1");
        var app = new Database(source);
        await using (var batch = app.AsMember(families.A.Owner).Add("insert into tasks (family_id, title) values ($1, 'never')", families.A.Id).Add(last))
        {
            using var cut = new CancellationTokenSource();
            var running = batch.ExecuteAsync(cut.Token);
            if (last.Contains("sleep", StringComparison.Ordinal))
                await cut.CancelAsync();
            var error = await Record.ExceptionAsync(() => running);
            Assert.Equal(last == "select 1", error is null);
        }

        await using var command = source.CreateCommand("select current_user || coalesce(current_setting('request.jwt.claims', true), '')");
        Assert.Equal("familypa_app", await command.ExecuteScalarAsync(Cancellation));
        await using var service = app.AsService().Add("select current_setting('request.jwt.claims', true) = '' and auth.uid() is null");
        Assert.True(await service.SingleAsync(row => row.GetBoolean(0), Cancellation));
    }

    [Fact]
    public async Task Members_who_share_a_connection_see_their_own()
    {
        await using var source = NpgsqlDataSource.Create(families.Database.AppConnectionString + ";Maximum Pool Size=1;Max Auto Prepare=10;Auto Prepare Min Usages=1");
        var app = new Database(source);

        for (var i = 0; i < 3; i++)
        {
            foreach (var family in new[] { families.A, families.B })
            {
                await using var batch = app.AsMember(family.Member).Add("select distinct family_id from tasks");
                Assert.Equal([family.Id], await batch.ListAsync(row => row.GetGuid(0), Cancellation));
            }
        }
    }

    [Fact]
    public async Task Without_its_role_the_login_is_let_in_nowhere()
    {
        await using var attempts = await Actor.Of("owner", families.A, families.B).BeginAsync(families.Source);

        Assert.Equal(Attempts.Something, await attempts.TryAsync("select 1 from tasks"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("reset role; select 1 from tasks"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("set role none; select 1 from tasks"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("set local role anon; select 1 from tasks"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("set session authorization postgres"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("set role postgres"));
        Assert.Equal(Attempts.Denied, await attempts.TryAsync("set local row_security = off; set local session_replication_role = replica"));
    }

    /// <summary>PostgreSQL lets a session that took one of its roles take another (see SECURITY.md): so no SQL may come from outside.</summary>
    [Theory]
    [InlineData("'; set role service_role; --")]
    [InlineData("' || set_config('role', 'service_role', true) || '")]
    [InlineData("$1); reset role; select set_config('role', 'service_role', true")]
    [InlineData("\\'; reset role; --")]
    public async Task What_people_write_is_never_SQL(string text)
    {
        await using var batch = families.App.AsMember(families.A.Member)
            .Add("insert into tasks (family_id, title, notes, category) values ($1, $2, $2, $2)", families.A.Id, text)
            .Add("select title || notes || category || current_user from tasks where title = $1", text);

        Assert.Equal($"{text}{text}{text}authenticated", await batch.SingleAsync(row => row.GetString(0), Cancellation));
    }

    [Theory]
    [InlineData("select 1; set role service_role")]
    [InlineData("select 1; select set_config('role', 'service_role', true)")]
    public async Task A_statement_cannot_bring_another_one_along(string sql)
    {
        await using var batch = families.App.AsMember(families.A.Member).Add(sql).Add("select 1 from webhook_events");

        Assert.NotNull(await Record.ExceptionAsync(() => batch.ExecuteAsync(Cancellation)));
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
