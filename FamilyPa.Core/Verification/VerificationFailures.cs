using System.Collections.Concurrent;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Verification;

/// <summary>Counts refused callers per minute, address and guard, so that a suspicious pattern shows.</summary>
public sealed class VerificationFailures(Database database, IOptions<LimitSettings> limits, TimeProvider clock)
{
    private const int MostAddresses = 10_000;

    private readonly ConcurrentDictionary<string, int> seen = new();
    private long minute;

    /// <summary>Counts a refusal in memory.</summary>
    /// <returns>How many there were of that address in this minute.</returns>
    public int Add(string address)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, now) != now)
            seen.Clear();
        // So many at once are no callers but an attack: then those that are not known yet are over their limit too.
        return seen.Count < MostAddresses || seen.ContainsKey(address) ? seen.AddOrUpdate(address, 1, (_, count) => count + 1) : int.MaxValue;
    }

    /// <summary>Whether so many of one address are more than may be; then nothing is stored of them.</summary>
    public bool IsOver(int count) => count > limits.Value.VerificationFailuresPerMinutePerAddress;

    /// <summary>Until an address begins anew.</summary>
    public int SecondsLeft() => 60 - (int)(clock.GetUtcNow().ToUnixTimeSeconds() % 60);

    /// <summary>Keeps the count of a refusal.</summary>
    /// <exception cref="Npgsql.NpgsqlException">It could not be counted.</exception>
    public async Task StoreAsync(string address, string reason, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            insert into verification_failures (minute, address, reason) values (date_trunc('minute', now()), $1, $2)
            on conflict (minute, address, reason) do update set failures = verification_failures.failures + 1
            """,
            address, reason);
        await batch.ExecuteAsync(cancellation);
    }
}
