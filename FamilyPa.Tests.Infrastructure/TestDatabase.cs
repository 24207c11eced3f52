using System.Diagnostics;
using System.Globalization;
using FamilyPa.Local.Services;
using Npgsql;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A database of one test class. Queries run with full rights and bypass the row policies.</summary>
public sealed class TestDatabase(PostgresServer server, string name) : IAsyncDisposable
{
    /// <summary>The app's login, which owns nothing.</summary>
    public const string AppRole = "familypa_app";

    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString(name));

    public string Name => name;

    public string AdminConnectionString => server.ConnectionString(name);

    public string AppConnectionString => server.ConnectionString(name, AppRole);

    /// <summary>A URI with full rights, for libpq tools.</summary>
    public string Uri => server.Uri(name);

    public ValueTask<NpgsqlConnection> OpenAsync() => source.OpenConnectionAsync();

    /// <summary>Parameters are $1, $2, ….</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync() is var value and not DBNull ? value : null)!;
    }

    /// <summary>The rows as values by column name; SQL null becomes null.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> RowsAsync(string sql, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync())
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, column => reader.IsDBNull(column) ? null : reader.GetValue(column)));
        return rows;
    }

    /// <summary>Moves every family to where it is that hour of the day.</summary>
    public Task BeAtAsync(int hour)
    {
        var east = (hour - DateTime.UtcNow.Hour + 36) % 24 - 12;
        // POSIX counts west.
        return ExecuteAsync("update families set timezone = $1", east == 0 ? "Etc/GMT" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{-east:+0;-0}"));
    }

    /// <summary>Waits until no job is leased.</summary>
    /// <returns>Whether this happened in time.</returns>
    public Task<bool> ComesToRestAsync(TimeSpan patience) =>
        HoldsWithinAsync(patience, "select not exists (select from processing_jobs where leased_until > now())");

    /// <summary>Waits until a connection of this database waits for a lock.</summary>
    /// <param name="processId">The connection's server process; null for any.</param>
    /// <returns>Whether this happened in time.</returns>
    public Task<bool> WaitForLockAsync(TimeSpan patience, int? processId = null) => HoldsWithinAsync(
        patience, $"select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and pid = {processId?.ToString(CultureInfo.InvariantCulture) ?? "pid"})");

    /// <summary>The content of all non-empty tables, as JSON.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ContentAsync()
    {
        var content = new Dictionary<string, string>();
        foreach (var table in await TablesAsync())
            if (await ScalarAsync<string?>($"select json_agg(t)::text from {table} t") is { } rows)
                content[table] = rows;
        return content;
    }

    /// <summary>Truncates all tables and inserts this content.</summary>
    public async Task ResetAsync(IReadOnlyDictionary<string, string> content)
    {
        // The role replica disables triggers, which would reject the truncate.
        await ExecuteAsync($"set session_replication_role = replica; truncate {string.Join(", ", await TablesAsync())} restart identity; reset session_replication_role");
        foreach (var (table, rows) in content)
            await ExecuteAsync($"insert into {table} select * from json_populate_recordset(null::{table}, $1::text::json)", rows);
    }

    private async Task<IReadOnlyList<string>> TablesAsync() =>
        [.. (await RowsAsync("select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")).Select(row => (string)row["name"]!)];

    /// <summary>Closes all connections and keeps the database.</summary>
    public ValueTask CloseAsync() => source.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await server.DropDatabaseAsync(name);
    }

    private async Task<bool> HoldsWithinAsync(TimeSpan patience, string condition)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < patience; await Task.Delay(25))
            if (await ScalarAsync<bool>(condition))
                return true;
        return false;
    }

    private NpgsqlCommand Command(string sql, object?[] parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter ?? DBNull.Value);
        return command;
    }
}
