using Npgsql;

namespace FamilyPa.Bench.Costs;

/// <summary>A statement of the app, as pg_stat_statements tells of it.</summary>
internal sealed record StatementCost(string Text, bool IsNested, double Calls, double Milliseconds, double Rows, double WalBytes);

/// <summary>Reads from PostgreSQL what statements did and wrote. The server has to preload <c>pg_stat_statements</c>.</summary>
internal sealed class DatabaseCosts(NpgsqlDataSource source)
{
    /// <summary>Settings of the server.</summary>
    public static IReadOnlyList<string> Settings(bool nested) =>
        ["shared_preload_libraries=pg_stat_statements", $"pg_stat_statements.track={(nested ? "all" : "top")}", "pg_stat_statements.track_utility=off"];

    private string since = "";

    public async Task PrepareAsync() =>
        await ExecuteAsync("create extension if not exists pg_stat_statements; create extension if not exists pg_walinspect");

    /// <summary>Begins to count. The checkpoint comes first, so that runs write similar numbers of full pages.</summary>
    public async Task BeginAsync()
    {
        await ExecuteAsync("checkpoint");
        await ExecuteAsync("select pg_stat_statements_reset()");
        since = (await ReadAsync("select pg_current_wal_insert_lsn()::text", row => row.GetString(0)))[0];
    }

    /// <summary>The statements of the app's roles, the most expensive first.</summary>
    public Task<List<StatementCost>> ReadStatementsAsync() => ReadAsync(
        """
        select regexp_replace(s.query, '\s+', ' ', 'g'), not s.toplevel, sum(s.calls)::float8, sum(s.total_exec_time + s.total_plan_time)::float8, sum(s.rows)::float8, sum(s.wal_bytes)::float8
        from pg_stat_statements s join pg_roles r on r.oid = s.userid
        where r.rolname in ('familypa_app', 'service_role', 'authenticated')
        group by 1, 2 order by 4 desc
        """,
        row => new StatementCost(row.GetString(0), row.GetBoolean(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5)));

    /// <summary>What was written to the log since <see cref="BeginAsync"/>: its bytes, and its records by what they change.</summary>
    public async Task<Dictionary<string, double>> ReadWrittenAsync()
    {
        var records = await ReadAsync(
            $"""
            select "resource_manager/record_type", count::float8, record_size::float8, fpi_size::float8
            from pg_get_wal_stats('{since}'::pg_lsn, pg_current_wal_flush_lsn(), true) where count > 0
            """,
            row => (Type: row.GetString(0), Count: row.GetDouble(1), Bytes: row.GetDouble(2), PageBytes: row.GetDouble(3)));
        return new Dictionary<string, double>
        {
            ["transactions that write"] = Count("Transaction/COMMIT"),
            ["WAL bytes, without full pages"] = records.Sum(record => record.Bytes),
            ["WAL bytes of full pages"] = records.Sum(record => record.PageBytes),
            ["rows inserted"] = Count("Heap/INSERT", "Heap2/MULTI_INSERT"),
            ["rows updated, indexes too"] = Count("Heap/UPDATE"),
            ["rows updated, indexes not (HOT)"] = Count("Heap/HOT_UPDATE"),
            ["rows deleted"] = Count("Heap/DELETE"),
            ["row locks written"] = Count("Heap/LOCK", "Heap2/LOCK_UPDATED"),
            ["index entries"] = Count("Btree/INSERT_LEAF", "Btree/SPLIT_L", "Btree/SPLIT_R", "Btree/INSERT_POST"),
        };

        // Suffixes such as +INIT mark the first row of a page.
        double Count(params string[] types) => records.Where(record => types.Contains(record.Type.Split('+')[0])).Sum(record => record.Count);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> map)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(map(reader));
        return rows;
    }
}
