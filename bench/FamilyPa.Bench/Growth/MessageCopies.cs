using Npgsql;

namespace FamilyPa.Bench.Growth;

/// <summary>Copies processed messages with all that belongs to them: the same rows with other ids, received earlier.</summary>
internal sealed class MessageCopies(NpgsqlConnection connection)
{
    private static readonly string[] Tables =
    [
        "webhook_events", "inbound_messages", "processing_jobs", "job_attempts", "job_transitions", "tasks", "outbound_messages", "ai_usage", "ai_reservations",
        "chat_turns",
    ];

    private readonly List<string> statements = [];

    /// <summary>Remembers the messages to copy.</summary>
    public async Task PrepareAsync()
    {
        // Without triggers and foreign keys: the copied rows have satisfied both.
        await ExecuteAsync("set session_replication_role = replica; set synchronous_commit = off; create schema growth");
        foreach (var table in Tables)
            await ExecuteAsync($"create table growth.{table} as table public.{table}");
        // Hundreds of open tasks of one family would make its texts cost more.
        await ExecuteAsync("update growth.tasks set status = 'done', completed_at = updated_at");
        // The nth copy of an id is a hash of both, so that references between the copies fit.
        await using var columns = new NpgsqlCommand(
            """
            select format('insert into public.%1$I (%2$s) select %3$s from growth.%1$I t, generate_series($1::int, $2) n', table_name,
              string_agg(quote_ident(column_name), ', ' order by ordinal_position),
              string_agg(format(case
                when column_name in ('message_sid', 'source_message_sid', 'provider_sid') then '''SM'' || md5(t.%I || n::text)'
                when column_name in ('webhook_event_id', 'job_id', 'attempt_id') or column_name = 'id' and udt_name = 'uuid' then 'md5(t.%I || n::text)::uuid'
                when column_name = 'task_ids' then '(select array_agg(md5(id || n::text)::uuid order by place) from unnest(t.%I) with ordinality u (id, place))'
                when udt_name = 'timestamptz' then 't.%I - n * $3::interval'
                else 't.%I' end, column_name), ', ' order by ordinal_position))
            from information_schema.columns
            where table_schema = 'public' and table_name = any ($1) and is_generated = 'NEVER' and is_identity = 'NO'
            group by table_name
            """, connection)
        { Parameters = { new() { Value = Tables } } };
        await using var reader = await columns.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            statements.Add(reader.GetString(0));
    }

    /// <param name="first">The number of the first copy, from 1.</param>
    /// <param name="apart">The time between one copy and the next.</param>
    public async Task AddAsync(int first, int last, TimeSpan apart)
    {
        foreach (var statement in statements)
            await ExecuteAsync(statement, first, last, apart);
    }

    /// <summary>As autovacuum would have done meanwhile.</summary>
    public Task VacuumAsync() => ExecuteAsync("vacuum analyze");

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
