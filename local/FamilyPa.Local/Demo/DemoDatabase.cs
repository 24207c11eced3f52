using Npgsql;

namespace FamilyPa.Local.Demo;

/// <summary>Reads a message's timeline as service_role, the only role that may read every row.</summary>
internal sealed class DemoDatabase(string connectionString) : IAsyncDisposable
{
    private const string Job = """
        select j.status, j.status_reason, j.error_message,
               (select min(t.created_at) from tasks t where t.source_message_sid = j.message_sid) - e.received_at,
               j.completed_at - e.received_at
        from processing_jobs j join webhook_events e on e.id = j.webhook_event_id
        where j.message_sid = $1
        """;

    private const string Tasks = """
        select t.title, t.due_at at time zone f.timezone, t.due_all_day, t.needs_review
        from tasks t join families f on f.id = t.family_id
        where t.source_message_sid = $1 order by t.ordinal
        """;

    private const string Replies = "select kind, body, status from outbound_messages where message_sid = $1 order by created_at";

    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(connectionString);

    public async Task<DemoTimeline> ReadAsync(string messageSid, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var role = new NpgsqlCommand("set local role service_role", connection))
            await role.ExecuteNonQueryAsync(cancellationToken);

        var tasks = await RowsAsync(Tasks, row => new DemoTask(row.GetString(0), Value<DateTime>(row, 1), row.GetBoolean(2), row.GetBoolean(3)));
        var replies = await RowsAsync(Replies, row => new DemoReply(row.GetString(0), row.GetString(1), row.GetString(2)));
        var jobs = await RowsAsync(Job, row => new DemoTimeline(
            row.GetString(0), Text(row, 1), Text(row, 2), Value<TimeSpan>(row, 3), Value<TimeSpan>(row, 4), tasks, replies));
        return jobs.Count > 0 ? jobs[0] : new DemoTimeline(null, null, null, null, null, tasks, replies);

        async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
        {
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = messageSid } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
            return rows;
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T? Value<T>(NpgsqlDataReader row, int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
