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
        await using var batch = database.AsService().Add("select message_sid, amount_usd from settle_abandoned()");
        var (sid, amount) = await batch.SingleAsync(row => (row.Get<string?>("message_sid"), row.Get<decimal?>("amount_usd")), cancellation);
        if (sid is null)
            return false;
        log.ReservationAbandoned(sid, amount!.Value);
        return true;
    }

    private async Task<bool> UnthrottleAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select message_sid, phase as current_phase, generation from resume_throttled(row($1, $2, $3, $4, 0)::rate_limits)",
            limits.Value.SenderPerMinute, limits.Value.GlobalPerHour, limits.Value.GlobalPerDay, limits.Value.FamilySharePercent);
        if (await batch.SingleAsync(row => row.Get<string?>("message_sid") is null ? null : Read(row), cancellation) is not { } job)
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
