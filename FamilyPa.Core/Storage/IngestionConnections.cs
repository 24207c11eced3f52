using System.Collections.Concurrent;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>A small set of connections for ingestion. Each serves one message at a time; further callers wait.</summary>
/// <remarks>
/// It prefers the most recently used connection, while Npgsql's pool prefers the one idle longest. Ingestion on a connection with cold server caches
/// takes 50 % longer. Each connection is an Npgsql pool of size one, so Npgsql still opens, checks and closes it.
/// </remarks>
public sealed class IngestionConnections(IReadOnlyList<NpgsqlDataSource> sources) : IAsyncDisposable
{
    private readonly ConcurrentStack<Database> rested = new(sources.Select(source => new Database(source)));
    private readonly SemaphoreSlim turns = new(sources.Count);

    /// <param name="cancellation">Ends the wait for a connection.</param>
    public async Task<T> UseAsync<T>(Func<Database, Task<T>> use, CancellationToken cancellation)
    {
        await turns.WaitAsync(cancellation);
        rested.TryPop(out var database);
        try
        {
            return await use(database!);
        }
        finally
        {
            rested.Push(database!);
            turns.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        turns.Dispose();
        foreach (var source in sources)
            await source.DisposeAsync();
    }
}
