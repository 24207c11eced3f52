using System.Collections.Concurrent;
using System.Globalization;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.SignIn;

/// <summary>Limits sign-in requests per caller: counted in the database over all instances, and above the limit rejected in memory until the window ends.</summary>
public sealed class CallerLimits(TimeProvider clock)
{
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<(string Limit, string Network), DateTimeOffset> exceeded = new();

    /// <summary>Runs a request that the database counts. <paramref name="add"/> adds its statements behind those that count.</summary>
    /// <param name="caller">The caller's networks.</param>
    /// <param name="most">The limit of an address in one window.</param>
    /// <exception cref="TooManyTriesException">The limit of one of the networks is exceeded.</exception>
    public async Task<T> RunAsync<T>(
        Database database, string limit, IReadOnlyList<CallerNetwork> caller, TimeSpan window, int most, Func<DatabaseBatch, DatabaseBatch> add, Func<DatabaseBatch, Task<T>> run)
    {
        var now = clock.GetUtcNow();
        if (caller.Any(network => exceeded.TryGetValue((limit, network.Key), out var until) && now < until))
            throw new TooManyTriesException { IsKnown = true };
        await using var batch = database.AsService();
        foreach (var network in caller)
            batch.Guard("select limit_sign_ins($1, $2, $3::interval, $4)", limit, network.Key, window, most * network.Factor);
        try
        {
            return await run(add(batch));
        }
        catch (PostgresException e) when (e.SqlState == TooManyTriesException.SqlState)
        {
            // The message is the limit, which tells the networks apart.
            if (caller.FirstOrDefault(network => (most * network.Factor).ToString(CultureInfo.InvariantCulture) == e.MessageText) is { } network)
                Remember(limit, network.Key, now, window);
            throw new TooManyTriesException();
        }
    }

    private void Remember(string limit, string network, DateTimeOffset now, TimeSpan window)
    {
        if (exceeded.Count >= MostKnown)
        {
            foreach (var (key, until) in exceeded)
            {
                if (until <= now)
                    exceeded.TryRemove(key, out _);
            }
        }

        // Windows begin at multiples of their length, as in limit_sign_ins.
        if (exceeded.Count < MostKnown)
            exceeded[(limit, network)] = new DateTimeOffset((now.UtcTicks / window.Ticks + 1) * window.Ticks, TimeSpan.Zero);
    }
}

/// <summary>Too many codes or links were requested or tried from this network.</summary>
public sealed class TooManyTriesException() : Exception("Too many tries.")
{
    internal const string SqlState = "FP006";

    /// <summary>Whether the app knew that the limit is exceeded, without a query.</summary>
    public bool IsKnown { get; init; }
}
