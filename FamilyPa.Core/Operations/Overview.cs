using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Operations;

/// <summary>The state of the whole app: volume, results, failures by phase and cause, latency, queue depths, poison messages and cost.</summary>
public sealed class Overview(Database database)
{
    /// <param name="hours">Length of the period until now.</param>
    /// <param name="buckets">Number of equal intervals for the volume.</param>
    /// <returns>One JSON document, as <c>operations_overview</c> in the migrations builds it.</returns>
    public async Task<string> ReadAsync(int hours, int buckets, Actor actor, CancellationToken cancellation)
    {
        // The console reads it every few seconds, so the audit log has one row per operator and hour.
        await using var batch = database.AsService().Add(
            """
            insert into audit_log (actor, action, details, request_id)
            select $1, 'overview', jsonb_build_object('hours', $2::int), $3
            where not exists (select from audit_log where actor = $1 and action = 'overview' and created_at > now() - interval '1 hour')
            """,
            actor.Name, hours, actor.RequestId).Add("select operations_overview($1, $2)::text", hours, buckets);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }
}
