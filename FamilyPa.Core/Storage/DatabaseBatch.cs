using System.Diagnostics;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Statements that run in one round trip and one transaction.</summary>
public sealed class DatabaseBatch : IAsyncDisposable
{
    private static readonly TimeSpan OutageLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OutagePause = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource source;
    private NpgsqlBatch batch;

    /// <summary>Number of statements at the start whose results are skipped.</summary>
    private int preludes = 1;

    /// <param name="claims">JSON, as <c>auth.uid()</c> reads it; empty for no user.</param>
    internal DatabaseBatch(NpgsqlDataSource source, string role, string claims)
    {
        this.source = source;
        batch = source.CreateBatch();
        Add("select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)", claims, role);
    }

    /// <param name="sql">One statement with positional parameters (<c>$1</c>, <c>$2</c>, …). Cast those whose type PostgreSQL cannot infer.</param>
    /// <param name="values">The parameters' values in order; null is NULL.</param>
    public DatabaseBatch Add(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
        return this;
    }

    /// <summary>Replaces the command timeout, whose default suits the pipeline.</summary>
    public DatabaseBatch Within(TimeSpan limit)
    {
        batch.Timeout = (int)limit.TotalSeconds;
        return this;
    }

    /// <summary>
    /// Adds a statement whose rows the reader skips: a function called for its effect, or a check that raises an error and so rolls back the batch.
    /// </summary>
    public DatabaseBatch Guard(string sql, params ReadOnlySpan<object?> values)
    {
        preludes++;
        return Add(sql, values);
    }

    /// <summary>Runs the batch and ignores its rows.</summary>
    /// <returns>The number of rows that the last statement affected.</returns>
    public async Task<ulong> ExecuteAsync(CancellationToken cancellation)
    {
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            return batch.BatchCommands[^1].Rows;
        }
        catch (Exception e)
        {
            DropSpoiled(e);
            throw;
        }
    }

    /// <summary>
    /// Runs the batch and retries it for two minutes while the database is unavailable. Use it for results that were paid for or cannot be produced again.
    /// The batch must be idempotent, because the connection may break after the commit.
    /// </summary>
    /// <param name="cancellation">Ends the retries, but does not cancel a running command.</param>
    public Task ExecuteDurablyAsync(CancellationToken cancellation) => DurablyAsync(() => ExecuteAsync(CancellationToken.None), cancellation);

    /// <summary>Runs the batch and positions the reader before the rows of the first statement after the guards.</summary>
    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellation)
    {
        NpgsqlDataReader? reader = null;
        try
        {
            reader = await batch.ExecuteReaderAsync(cancellation);
            for (var i = 0; i < preludes; i++)
                await reader.NextResultAsync(cancellation);
            return reader;
        }
        catch (Exception e)
        {
            // A statement after the first failed: the reader still holds the connection.
            if (reader is not null)
                await reader.DisposeAsync();
            DropSpoiled(e);
            throw;
        }
    }

    /// <summary>Runs the batch and maps the first row; returns the default when there is none.</summary>
    public async Task<T?> SingleAsync<T>(Func<NpgsqlDataReader, T> map, CancellationToken cancellation)
    {
        await using var reader = await ReadAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? map(reader) : default;
    }

    /// <summary>As <see cref="SingleAsync"/>, with the retries of <see cref="ExecuteDurablyAsync"/>.</summary>
    public Task<T?> SingleDurablyAsync<T>(Func<NpgsqlDataReader, T> map, CancellationToken cancellation) =>
        DurablyAsync(() => SingleAsync(map, CancellationToken.None), cancellation);

    /// <summary>Runs the batch and maps every row of its first result.</summary>
    public async Task<List<T>> ListAsync<T>(Func<NpgsqlDataReader, T> map, CancellationToken cancellation)
    {
        List<T> rows = [];
        await using var reader = await ReadAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>As <see cref="ListAsync"/>, with the retries of <see cref="ExecuteDurablyAsync"/>.</summary>
    public Task<List<T>> ListDurablyAsync<T>(Func<NpgsqlDataReader, T> map, CancellationToken cancellation) =>
        DurablyAsync(() => ListAsync(map, CancellationToken.None), cancellation);

    public ValueTask DisposeAsync() => batch.DisposeAsync();

    private async Task<T> DurablyAsync<T>(Func<Task<T>> run, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await run();
            }
            catch (Exception e) when (DatabaseOutage.Is(e) && !cancellation.IsCancellationRequested && Stopwatch.GetElapsedTime(started) < OutageLimit)
            {
                await Task.Delay(OutagePause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await RenewAsync();
            }
        }
    }

    /// <summary>
    /// Closes all idle connections. Npgsql 10.0.3 treats a statement as prepared although it could not send it, and does not notice
    /// when the server has lost its prepared statements. Every later user of that connection would fail.
    /// </summary>
    private void DropSpoiled(Exception error)
    {
        if (error is not (NpgsqlException or OperationCanceledException) || DatabaseOutage.IsOfPreparation(error))
            source.Clear();
    }

    /// <summary>
    /// Rebuilds the batch. In Npgsql 10.0.3 a batch whose connection broke during the write treats its statements as half prepared on the next connection.
    /// There it fails, and leaves names behind with which later statements collide (42P05).
    /// </summary>
    private async Task RenewAsync()
    {
        var spent = batch;
        batch = source.CreateBatch();
        batch.Timeout = spent.Timeout;
        foreach (NpgsqlBatchCommand command in spent.BatchCommands)
            Add(command.CommandText, [.. command.Parameters.Cast<NpgsqlParameter>().Select(parameter => parameter.Value)]);
        await spent.DisposeAsync();
    }
}
