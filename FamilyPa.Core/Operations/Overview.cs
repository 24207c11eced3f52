using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Operations;

/// <summary>How the whole of it stands: volume, ends, failures by phase and cause, latencies, what waits, what was given up, what it cost.</summary>
public sealed class Overview(Database database)
{
    /// <param name="hours">How far it looks back.</param>
    /// <param name="buckets">Into how many equal parts of that time the volume is divided.</param>
    /// <returns>One JSON document, as <c>operations_overview</c> in the migrations makes it.</returns>
    public async Task<string> ReadAsync(int hours, int buckets, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select operations_overview($1, $2)::text", hours, buckets);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }
}
