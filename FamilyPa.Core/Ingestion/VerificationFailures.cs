using System.Collections.Concurrent;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Ingestion;

/// <summary>Counts refused callers per minute, address and guard, so that a suspicious pattern shows.</summary>
/// <remarks>
/// Over all instances, by the database; but who is over the limit must not reach it. So each instance counts in memory too, and learns from each
/// count it stores how many the others have: then one more of an address is the most that each of them stores.
/// </remarks>
public sealed class VerificationFailures(Database database, IOptions<LimitSettings> limits, TimeProvider clock)
{
    private const int MostAddresses = 10_000;

    private readonly ConcurrentDictionary<string, int> seen = new();
    private long currentMinute;

    /// <summary>Counts a refusal in memory. A network over its limit adds nothing to the one around it.</summary>
    /// <param name="networks">Those of the caller, the smallest first.</param>
    /// <returns>The network that is over its limit, and how many refusals it had in this minute; null when there is none.</returns>
    public (CallerNetwork Network, int Count)? Add(IReadOnlyList<CallerNetwork> networks)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref currentMinute, now) != now)
            seen.Clear();
        if (networks.FirstOrDefault(network => seen.GetValueOrDefault(network.Key) >= MostOf(network)) is { } full)
            return (full, Add(full));
        foreach (var network in networks)
        {
            if (Add(network) is var count && IsOver(network, count))
                return (network, count);
        }

        return null;
    }

    /// <remarks>So many at once are no callers but an attack: then those that are not known yet are over their limit too.</remarks>
    private int Add(CallerNetwork network) =>
        seen.Count < MostAddresses || seen.ContainsKey(network.Key) ? seen.AddOrUpdate(network.Key, 1, (_, count) => count + 1) : int.MaxValue;

    /// <summary>Whether so many of one network are more than may be; then nothing is stored of them.</summary>
    public bool IsOver(CallerNetwork network, int count) => count > MostOf(network);

    public int MostOf(CallerNetwork network) => limits.Value.VerificationFailuresPerMinutePerAddress * network.Factor;

    /// <summary>Until an address begins anew.</summary>
    public int SecondsLeft() => 60 - (int)(clock.GetUtcNow().ToUnixTimeSeconds() % 60);

    /// <summary>Keeps the count of a refusal.</summary>
    /// <returns>How many there were of that address in this minute, over all instances.</returns>
    /// <exception cref="Npgsql.NpgsqlException">It could not be counted.</exception>
    public async Task<int> StoreAsync(string address, string reason, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            with counted as (
              insert into verification_failures (minute, address, reason) values (date_trunc('minute', now()), $1, $2)
              on conflict (minute, address, reason) do update set failures = verification_failures.failures + 1
              returning minute, failures)
            select extract(epoch from c.minute)::bigint / 60 as minute, c.failures + (
              select coalesce(sum(v.failures), 0) from verification_failures v where v.minute = c.minute and v.address = $1 and v.reason <> $2) as total
            from counted c
            """,
            address, reason);
        var (minute, total) = await batch.SingleAsync(row => (row.Get<long>("minute"), (int)row.Get<long>("total")), cancellation);
        // Around the turn of a minute the database's clock may be in another one than ours.
        if (minute == Interlocked.Read(ref currentMinute))
            seen.AddOrUpdate(address, total, (_, count) => Math.Max(count, total));
        return total;
    }
}
