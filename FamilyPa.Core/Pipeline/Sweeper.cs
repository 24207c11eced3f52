using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Sends a new queue message for each job that has no lease and whose queue message is overdue. Deferred jobs are brought back by <see cref="Limits.DeferredJobDispatcher"/>.</summary>
/// <remarks>
/// That message may only be late: a second one does no harm, and each sweep of the same job waits twice as long. But where many wait in line,
/// second ones make the line longer still. So while a queue with a long line holds no fewer messages than jobs wait for it, none counts as missing.
/// </remarks>
public sealed class Sweeper(Database database, PhaseQueues queues, IOptions<PipelineSettings> settings, ILogger<Sweeper> log)
{
    private const int MostAtOnce = 500;

    /// <summary>Jobs in one phase. With fewer, a second message costs nothing, and one that only waits for a lease to end could hide that another is missing.</summary>
    private const int LongLine = 50;

    /// <summary>How many times over a job is overdue before its message counts as lost whatever its queue holds: what is in there may be others'.</summary>
    private const int LostAfter = 20;

    /// <returns>How many jobs were queued again.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        using var span = Traces.Start("sweep");
        try
        {
            return await SendAsync(await WithoutLateAsync(await FindOverdueAsync(cancellation), cancellation), cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e) || e is Azure.RequestFailedException or AggregateException)
        {
            log.SweepFailed(ErrorCode.Of(e));
            return 0;
        }
    }

    private async Task<int> SendAsync(IReadOnlyList<Overdue> overdue, CancellationToken cancellation)
    {
        List<string> sent = [];
        try
        {
            foreach (var (message, phase, _, _) in overdue)
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

    private async Task<List<Overdue>> FindOverdueAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            with unfinished as (
              select *, count(*) over (partition by current_phase) as in_line, $1::interval * power(2, least(sweeps, 7)) as patience
              from processing_jobs where status not in ('done', 'rejected', 'failed', 'throttled', 'deferred'))
            select message_sid, current_phase, generation, in_line, leased_until is null and queued_at > now() - patience * $3 as may_be_late
            from unfinished
            where (leased_until is null or leased_until < clock_timestamp())
              and case when leased_until is not null then true else queued_at < now() - patience end
            order by queued_at limit $2
            """,
            settings.Value.SweepAfter, MostAtOnce, LostAfter);
        return await batch.ListAsync(
            row => new Overdue(
                new JobMessage(row.Get<string>("message_sid"), row.Get<int>("generation")), Phases.Parse(row.Get<string>("current_phase")),
                row.Get<long>("in_line"), row.Get<bool>("may_be_late")),
            cancellation);
    }

    private async Task<IReadOnlyList<Overdue>> WithoutLateAsync(List<Overdue> overdue, CancellationToken cancellation)
    {
        var lost = overdue.Where(job => !job.MayBeLate).ToList();
        foreach (var line in overdue.Where(job => job.MayBeLate).GroupBy(job => job.Phase))
            if (line.First().InLine < LongLine || await queues.CountAsync(line.Key, cancellation) < line.First().InLine)
                lost.AddRange(line);
        return lost;
    }

    private async Task MarkAsync(List<string> messageSids)
    {
        // Not a job that a worker has claimed or moved on since.
        await using var batch = database.AsService().Add(
            """
            with due as (
              select j as job, j.id from processing_jobs j
              where j.message_sid = any ($1) and j.status not in ('done', 'rejected', 'failed', 'throttled', 'deferred')
                and (j.leased_until < clock_timestamp() or (j.leased_until is null and j.queued_at < now() - $2::interval))
              for no key update skip locked),
            swept as (
              update processing_jobs j set queued_at = now(), sweeps = j.sweeps + 1, lease_token = null, leased_until = null from due where j.id = due.id)
            select release_leases(variadic coalesce(array_agg(due.job), '{}')) from due
            """,
            messageSids, settings.Value.SweepAfter);
        await batch.ExecuteAsync(CancellationToken.None);
    }

    /// <param name="InLine">How many jobs there are in this phase that should have a message in its queue.</param>
    /// <param name="MayBeLate">Its message may still be there; otherwise it is lost, or was that of a worker that died.</param>
    private sealed record Overdue(JobMessage Message, Phase Phase, long InLine, bool MayBeLate);
}
