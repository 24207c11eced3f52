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

    /// <exception cref="Npgsql.NpgsqlException">It could not be counted.</exception>
    public async Task CountAsync(string address, string reason, CancellationToken cancellation)
    {
        if (!IsWorthCounting(address))
            return;
        await using var batch = database.AsService().Add(
            """
            insert into verification_failures (minute, address, reason) values (date_trunc('minute', now()), $1, $2)
            on conflict (minute, address, reason) do update set failures = verification_failures.failures + 1
            """,
            address, reason);
        await batch.ExecuteAsync(cancellation);
    }

    private bool IsWorthCounting(string address)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref minute, now) != now)
            seen.Clear();
        return seen.Count < MostAddresses && seen.AddOrUpdate(address, 1, (_, count) => count + 1) <= limits.Value.VerificationFailuresPerMinutePerAddress;
    }
}
