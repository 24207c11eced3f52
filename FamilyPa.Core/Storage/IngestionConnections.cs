using System.Collections.Concurrent;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>The few connections over which messages are taken in, one at a time over each. Whoever comes next waits its turn.</summary>
/// <remarks>
/// The one that was used last is used first, where Npgsql's pool hands out the one that has rested longest: each is a process of the server's with
/// caches of its own, and to take a message in takes half as long again in one that is cold. So each is a pool of one; that it is opened, found broken
/// and, idle for long, closed remains Npgsql's business.
/// </remarks>
public sealed class IngestionConnections(IReadOnlyList<NpgsqlDataSource> sources) : IAsyncDisposable
{
    private readonly ConcurrentStack<Database> rested = new(sources.Select(source => new Database(source)));
    private readonly SemaphoreSlim turns = new(sources.Count);

    /// <param name="cancellation">Ends the waiting.</param>
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
