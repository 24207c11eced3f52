using System.Diagnostics;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Statements that go to the server together: one round trip, one transaction, all or nothing.</summary>
public sealed class DatabaseBatch : IAsyncDisposable
{
    private static readonly TimeSpan OutageLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OutagePause = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource source;
    private NpgsqlBatch batch;

    /// <summary>Statements at the head whose rows are nobody's business.</summary>
    private int preludes = 1;

    /// <param name="claims">JSON, as <c>auth.uid()</c> reads it; empty for nobody.</param>
    internal DatabaseBatch(NpgsqlDataSource source, string role, string claims)
    {
        this.source = source;
        batch = source.CreateBatch();
        Add("select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)", claims, role);
    }

    /// <param name="sql">One statement with positional parameters (<c>$1</c>, <c>$2</c>, …); cast those whose type a text does not tell.</param>
    /// <param name="values">Their values in order; null is NULL.</param>
    public DatabaseBatch Add(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
        return this;
    }

    /// <summary>Lets the batch take longer than the few seconds that are enough for the pipeline.</summary>
    public DatabaseBatch Within(TimeSpan limit)
    {
        batch.Timeout = (int)limit.TotalSeconds;
        return this;
    }

    /// <summary>Makes all of the batch depend on a statement that raises an error where it must not run.</summary>
    public DatabaseBatch Guard(string sql, params ReadOnlySpan<object?> values)
    {
        preludes++;
        return Add(sql, values);
    }

    /// <summary>Runs the batch for its effects.</summary>
    /// <returns>How many rows its last statement touched.</returns>
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
    /// Runs the batch for its effects, and while the database is away again and again, for two minutes: for results that were paid for
    /// or cannot be had again. It must be safe to run twice, for the connection may be lost after the commit.
    /// </summary>
    /// <param name="cancellation">Ends the waiting, not a command.</param>
    public Task ExecuteDurablyAsync(CancellationToken cancellation) => DurablyAsync(() => ExecuteAsync(CancellationToken.None), cancellation);

    /// <summary>Runs the batch and stands before the rows of the first statement that gives any.</summary>
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
            // A statement behind the first refused: the reader still holds the connection.
            if (reader is not null)
                await reader.DisposeAsync();
            DropSpoiled(e);
            throw;
        }
    }

    /// <summary>Runs the batch and maps the first row, or answers the default when there is none.</summary>
    public async Task<T?> SingleAsync<T>(Func<NpgsqlDataReader, T> map, CancellationToken cancellation)
    {
        await using var reader = await ReadAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? map(reader) : default;
    }

    /// <summary>As <see cref="SingleAsync"/>, and as often as <see cref="ExecuteDurablyAsync"/>.</summary>
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

    /// <summary>As <see cref="ListAsync"/>, and as often as <see cref="ExecuteDurablyAsync"/>.</summary>
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
    /// Npgsql (10.0.3) takes for prepared what it then could not send, and does not see that a server has forgotten: whoever gets that connection
    /// next would fail too, and all after it. So no open connection is used again.
    /// </summary>
    private void DropSpoiled(Exception error)
    {
        if (error is not (NpgsqlException or OperationCanceledException) || DatabaseOutage.IsOfPreparation(error))
            source.Clear();
    }

    /// <summary>
    /// A batch of Npgsql (10.0.3) whose connection broke as it was being written still takes its statements for half prepared, on whatever
    /// connection it runs next; there that fails, and may leave names behind which every later statement of that connection then runs into (42P05).
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
