using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Limits;

/// <summary>What limits held back and may go on now, what dead processes left, and who has to be told: with each sweep.</summary>
public sealed class LimitMaintenance(
    Database database, PhaseQueues queues, DeferredJobDispatcher dispatcher, LimitNotifications notifications, IOptions<LimitSettings> limits, ILogger<LimitMaintenance> log)
{
    private const int MostAtOnce = 500;

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await KeepUpAsync(cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e) || e is Azure.RequestFailedException or AggregateException)
        {
            log.SweepFailed(ErrorCode.Of(e));
        }
    }

    private async Task KeepUpAsync(CancellationToken cancellation)
    {
        while (await SettleAsync(cancellation))
        {
            // One by one: each locks the day of one family.
        }

        await GiveUpAsync(cancellation);
        for (var resumed = 0; resumed < MostAtOnce && await UnthrottleAsync(cancellation); resumed++)
        {
            // One by one: each takes its room in the windows.
        }

        // The first time also one job for each service that may be probed; then all that fit the limits.
        for (var (round, asked) = (0, 1); asked > 0 && round * JobLimits.DispatchMost < MostAtOnce; round++)
            asked = await dispatcher.ResumeAsync(probes: round == 0, cancellation);
        await notifications.SendAsync(cancellation);
    }

    private async Task<bool> SettleAsync(CancellationToken cancellation)
    {
        // Of a dead process. One per transaction, to lock in a fixed order.
        await using var batch = database.AsService().Add(
            """
            select r.message_sid, r.amount_usd
            from (
              select x.* from ai_reservations x
              where x.status = 'reserved' and not exists (
                select from job_attempts a join processing_jobs j on j.id = a.job_id
                where a.id = x.attempt_id and a.outcome = 'running' and j.lease_token is not null and j.leased_until > clock_timestamp())
              order by x.id limit 1 for update of x skip locked) r, end_reservation(r.id, 'uncertain', r.amount_usd)
            """);
        var (sid, amount) = await batch.SingleAsync(row => (row.Get<string?>("message_sid"), row.Get<decimal>("amount_usd")), cancellation);
        if (sid is null)
            return false;
        log.ReservationAbandoned(sid, amount);
        return true;
    }

    private async Task<bool> UnthrottleAsync(CancellationToken cancellation)
    {
        // A sender's throttled messages use at most half of its minute, so that new messages still have room.
        await using var batch = database.AsService().Add(
            """
            with job as (
              select j.id, i.family_id, i.user_id
              from processing_jobs j join inbound_messages i on i.message_sid = j.message_sid
              where j.status = 'throttled' and j.resume_at <= now() and not exists (
                select from rate_counters c where c.scope = 'sender' and c.key = i.user_id::text and c.since >= date_trunc('minute', now(), 'UTC') and c.counted >= $1)
                -- A family that has used its share must not hold up the others.
                and j.family_id not in (
                  select c.family_id
                  from rate_counters c join unnest(rate_windows(null, null, row($1, $2, $3, $4, 0)::rate_limits)) w on w.scope = c.scope and w.since = c.since
                  where c.scope like 'family%' group by c.scope, c.family_id, w.most having sum(c.counted) >= w.most)
              order by j.received_at, j.message_sid limit 1 for update of j skip locked)
            update processing_jobs j set status = 'received', status_reason = reason_of(j), resume_at = null, queued_at = now(), sweeps = 0
            from job, take_permits(rate_windows(job.family_id, job.user_id, row($1, $2, $3, $4, 0)::rate_limits), true) p
            where j.id = job.id and p.full_window is null
            returning j.message_sid, j.current_phase, j.generation
            """,
            Math.Max(1, limits.Value.SenderPerMinute / 2), limits.Value.GlobalPerHour, limits.Value.GlobalPerDay, limits.Value.FamilySharePercent);
        if (await batch.SingleAsync(Read, cancellation) is not { } job)
            return false;
        log.ThrottledJobResumed(job.MessageSid, job.Phase.Name());
        // Stored as under way: one that is not sent now is overdue later, and swept.
        await queues.SendAsync(job.Phase, new JobMessage(job.MessageSid, job.Generation), cancellation);
        return true;
    }

    /// <summary>What a budget of nothing or an outage of days has held back for too long ends as any message that cannot be worked on.</summary>
    private async Task GiveUpAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select message_sid, current_phase, generation, status_reason from processing_jobs
            where status in ('deferred', 'throttled') and received_at < now() - $1::interval order by received_at limit $2
            """,
            limits.Value.GiveUpAfter, MostAtOnce);
        foreach (var (job, reason) in await batch.ListAsync(row => (Read(row), row.Get<string>("status_reason")), cancellation))
        {
            log.DeferralExpired(job.MessageSid, job.Phase.Name(), reason);
            await queues.SendToPoisonAsync(job.Phase, new JobMessage(job.MessageSid, job.Generation).ToJson(), cancellation);
        }
    }

    private static Waiting Read(NpgsqlDataReader row) =>
        new(row.Get<string>("message_sid"), Phases.Parse(row.Get<string>("current_phase")), row.Get<int>("generation"));

    private sealed record Waiting(string MessageSid, Phase Phase, int Generation);
}
