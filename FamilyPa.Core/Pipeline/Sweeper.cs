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
        using var span = Traces.Start("sweep");
        try
        {
            return await SendAsync(await FindOverdueAsync(cancellation), cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e) || e is Azure.RequestFailedException or AggregateException)
        {
            log.NotSwept(ErrorCode.Of(e));
            return 0;
        }
    }

    private async Task<int> SendAsync(List<(JobMessage Message, Phase Phase)> overdue, CancellationToken cancellation)
    {
        List<string> sent = [];
        try
        {
            foreach (var (message, phase) in overdue)
            {
                log.Swept(message.MessageSid, phase.Name());
                await queues.SendAsync(phase, message, cancellation);
                sent.Add(message.MessageSid);
            }
        }
        finally
        {
            // Only now: what was marked and never sent would wait twice as long for nothing. Sent and not marked, it is sent again.
            if (sent.Count > 0)
                await MarkAsync(sent);
        }

        return sent.Count;
    }

    private async Task<List<(JobMessage Message, Phase Phase)>> FindOverdueAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select message_sid, current_phase, generation from processing_jobs
            where status not in ('done', 'rejected', 'failed', 'throttled')
              and (leased_until is null or leased_until < clock_timestamp())
              and case when status = 'deferred' then resume_at <= now()
                       when leased_until is not null then true
                       else queued_at < now() - $1::interval * power(2, least(sweeps, 7)) end
            order by queued_at limit $2
            """,
            settings.Value.SweepAfter, MostAtOnce);
        return await batch.ListAsync(
            row => (new JobMessage(row.GetString(0), row.GetInt32(2)), Phases.Parse(row.GetString(1))), cancellation);
    }

    /// <summary>Leaves alone what a worker has taken up, or brought further, since it was found.</summary>
    private async Task MarkAsync(List<string> messageSids)
    {
        await using var batch = database.AsService().Add(
            """
            update processing_jobs set queued_at = now(), sweeps = sweeps + 1, lease_token = null, leased_until = null
            where message_sid = any ($1) and status not in ('done', 'rejected', 'failed', 'throttled')
              and (leased_until < clock_timestamp() or (leased_until is null and queued_at < now() - $2::interval))
            """,
            messageSids, settings.Value.SweepAfter);
        await batch.ExecuteAsync(CancellationToken.None);
    }
}
