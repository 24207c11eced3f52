using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

public sealed class When_the_service_rewrites_the_audit_log(TwoFamilies families) : IClassFixture<TwoFamilies>
{
    private const string NoSuchFunction = PostgresErrorCodes.UndefinedFunction;

    [Theory]
    [InlineData("delete from audit_log", Attempts.Denied)]
    [InlineData("delete from only audit_log where false", Attempts.Denied)]
    [InlineData("truncate audit_log", Attempts.Denied)]
    [InlineData("update audit_log set actor = 'nobody'", Attempts.Denied)]
    [InlineData("update audit_log set details = details", Attempts.Denied)]
    [InlineData("select * from audit_log for update", Attempts.Denied)]
    [InlineData("merge into audit_log l using families f on l.family_id = f.id when matched then delete", Attempts.Denied)]
    [InlineData("merge into audit_log l using families f on l.family_id = f.id when matched then update set actor = 'x'", Attempts.Denied)]
    [InlineData("with gone as (delete from audit_log returning *) select count(*) from gone", Attempts.Denied)]
    [InlineData("insert into audit_log (actor, action) values ('x', 'x') on conflict (id) do update set actor = 'x'", Attempts.Denied)]
    [InlineData("insert into audit_log (id, actor, action) values (gen_random_uuid(), 'x', 'x')", Attempts.Denied)]
    [InlineData("insert into audit_log (actor, action, created_at) values ('x', 'x', '2020-01-01')", Attempts.Denied)]
    [InlineData("alter table audit_log disable row level security", Attempts.Denied)]
    [InlineData("alter table audit_log rename to old_log", Attempts.Denied)]
    [InlineData("drop table audit_log cascade", Attempts.Denied)]
    [InlineData("create rule quiet as on insert to audit_log do instead nothing", Attempts.Denied)]
    [InlineData("create policy mine on audit_log using (false)", Attempts.Denied)]
    [InlineData("grant delete on audit_log to service_role; delete from audit_log", Attempts.Denied)]
    [InlineData("drop schema public cascade", Attempts.Denied)]
    [InlineData("set session_replication_role = replica", Attempts.Denied)]
    [InlineData("reset role; delete from audit_log", Attempts.Denied)]
    [InlineData("select delete_family(FAMILY, '{}')", NoSuchFunction)]
    [InlineData("select purge_events(array['x'])", NoSuchFunction)]
    [InlineData("select set_config('familypa.purging', 'on', true); update webhook_events set raw_payload = '{}'", Attempts.Denied)]
    [InlineData("insert into audit_log (actor, action) values ('operator', 'reveal')", Attempts.Something)]
    public async Task It_can_only_add(string sql, string expected)
    {
        await using var attempts = await Actor.Of("service", families.A, families.B).BeginAsync(families.Source);

        Assert.Equal(expected, await attempts.TryAsync(sql.Replace("FAMILY", $"'{families.A.Id}'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Erasing_a_family_keeps_who_did_what_and_adds_who_erased_it()
    {
        await using var connection = await families.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var others = $"select string_agg(l::text, ' ' order by id) from audit_log l where family_id = '{families.B.Id}' or action = 'other'";
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await RunAsync("set local role service_role");
        await RunAsync($"insert into audit_log (actor, action, family_id, details) values ('operator:ann (1)', 'reveal', '{families.A.Id}', '{{\"phone\":\"…42\"}}')");
        // Rows without a family: about a message of each family and about a stranger's. A claims all of them.
        await RunAsync(
            $"""
            insert into audit_log (actor, action, message_sid)
            select 'x', case when family_id = '{families.A.Id}' then 'own' else 'other' end, message_sid
            from (select message_sid, family_id from webhook_events union select message_sid, null from unmatched_messages) as messages
            """);
        await RunAsync(
            $"""
            insert into inbound_messages (message_sid, provider, family_id, user_id, from_address, to_address, body)
            select distinct message_sid, 'x', '{families.A.Id}'::uuid, gen_random_uuid(), '+15005550001', '+15005550002', '' from audit_log where message_sid is not null;
            insert into outbound_messages (message_sid, kind, family_id, to_address, from_address, body, status, provider_sid)
            select distinct message_sid, 'x', '{families.A.Id}'::uuid, '+15005550001', '', '', 'sent', message_sid from audit_log where message_sid is not null;
            insert into webhook_events (message_sid, family_id, raw_payload, size_bytes)
            select message_sid, '{families.A.Id}', 'null', 0 from webhook_events on conflict do nothing;
            update unmatched_messages set from_address = '+15005550001'
            """);
        var before = await RunAsync("select count(*) from audit_log");
        var other = await RunAsync(others);

        await RunAsync($"select count(*) from erase_family('{families.A.Id}', 'operator:ben (2)', 'request')");

        Assert.Equal((long)before! + 1, await RunAsync("select count(*) from audit_log"));
        Assert.Equal(0L, await RunAsync($"select count(*) from audit_log l where l::text like '%{families.A.Id}%'"));
        Assert.Equal("{\"erased\": true}", await RunAsync("select details::text from audit_log where actor = 'operator:ann (1)' and action = 'reveal'"));
        Assert.Equal(1L, await RunAsync("select count(*) from audit_log where action = 'own' and message_sid is null"));
        Assert.Equal(1L, await RunAsync("select count(*) from audit_log where actor = 'operator:ben (2)' and action = 'erase_family'"));
        Assert.Equal(other, await RunAsync(others));
        // Of a family that there is not, nothing is erased and nothing is noted.
        Assert.Equal(0L, await RunAsync("select count(*) from erase_family(gen_random_uuid(), 'x', 'x')"));

        async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }
}
