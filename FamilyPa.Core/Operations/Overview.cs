using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Operations;

/// <summary>The state of the whole app: volume, results, failures by phase and cause, latency, queue depths, poison messages and cost.</summary>
public sealed class Overview(Database database)
{
    /// <param name="hours">Length of the period until now.</param>
    /// <param name="buckets">Number of equal intervals for the volume.</param>
    /// <returns>One JSON document, as <c>operations_overview</c> in the migrations builds it.</returns>
    public async Task<string> ReadAsync(int hours, int buckets, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select operations_overview($1, $2)::text", hours, buckets);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }
}
