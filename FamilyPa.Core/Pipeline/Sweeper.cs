using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Finds jobs that nobody is at work on and whose queue message is overdue, and sends another.</summary>
/// <remarks>That message may only be late: a second one does no harm, and each sweep of the same job waits twice as long.</remarks>
public sealed class Sweeper(Database database, PhaseQueues queues, IOptions<PipelineSettings> settings, ILogger<Sweeper> log)
{
    private const int MostAtOnce = 500;

    /// <returns>How many jobs were queued again.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        try
        {
            // Before anything is marked as sent: a mark makes the next sweep of the job wait twice as long.
            await queues.IsReachableAsync(cancellation);
            return await SendAsync(cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e) || e is Azure.RequestFailedException or AggregateException)
        {
            log.NotSwept(ErrorCode.Of(e));
            return 0;
        }
    }

    private async Task<int> SendAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            update processing_jobs set queued_at = now(), sweeps = sweeps + 1, lease_token = null, leased_until = null
            where id in (
              select id from processing_jobs
              where status not in ('done', 'rejected', 'failed', 'throttled')
                and (leased_until is null or leased_until < clock_timestamp())
                and case when status = 'deferred' then resume_at <= now()
                         when leased_until is not null then true
                         else queued_at < now() - $1::interval * power(2, least(sweeps, 7)) end
              order by queued_at limit $2
              for update skip locked)
            returning message_sid, current_phase, generation
            """,
            settings.Value.SweepAfter, MostAtOnce);
        var overdue = await batch.ListAsync(
            row => (Message: new JobMessage(row.GetString(0), row.GetInt32(2)), Phase: Phases.Parse(row.GetString(1))), cancellation);
        foreach (var (message, phase) in overdue)
        {
            log.Swept(message.MessageSid, phase.Name());
            await queues.SendAsync(phase, message, cancellation);
        }

        return overdue.Count;
    }
}
