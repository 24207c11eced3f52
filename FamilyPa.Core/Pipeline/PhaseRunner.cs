using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Turns a queue message into an attempt of its phase: reads it, leases the job, runs the attempt and what follows from it.</summary>
public sealed class PhaseRunner(
    IEnumerable<IPhase> phases, JobStore jobs, PhaseAttempts attempts, PhaseQueues queues, DeferredJobDispatcher dispatcher, IOptions<PipelineSettings> settings,
    IConfiguration configuration, ILogger<PhaseRunner> log)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long one call starts what follows.</summary>
    private static readonly TimeSpan MaxChainDuration = TimeSpan.FromSeconds(20);

    /// <summary>An operator has disabled the function, so what it does must wait in its queue.</summary>
    private readonly bool isFinalizeDisabled =
        (configuration["AzureWebJobs.Finalize.Disabled"] ?? configuration["AzureWebJobs_Finalize_Disabled"])?.ToUpperInvariant() is "1" or "TRUE";

    /// <exception cref="PhaseFailedException">The attempt failed: the platform is to deliver the message again, or to poison it after five.</exception>
    public async Task RunAsync(Phase phase, string body, CancellationToken cancellation)
    {
        if (JobMessage.TryParse(body) is not { } message)
            await SendToPoisonAsync(phase, body, "unreadable", cancellation);
        else if (await RunAsync(phase, message, body, cancellation) is { } next)
            await RunFollowingAsync(next, cancellation);
    }

    /// <summary>
    /// Finalizes the message, and those of the family that waited for it, in their order. Through the queue each would take several times as long.
    /// Other phases wait for services for long, and their functions scale by themselves.
    /// </summary>
    private async Task RunFollowingAsync(FollowingPhase following, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        FollowingPhase? next = following;
        TimeSpan? delay = null;
        try
        {
            while (next is { Phase: Phase.Finalize } && !isFinalizeDisabled && Stopwatch.GetElapsedTime(started) < MaxChainDuration && !cancellation.IsCancellationRequested)
                next = await RunAsync(next.Phase, next.Message, next.Message.ToJson(), cancellation);
        }
        catch (Exception e)
        {
            // This phase has no queue message that the platform could redeliver.
            log.PhaseSkipped(next!.Message.MessageSid, next.Phase.Name(), ErrorCode.Of(e));
            delay = PhaseQueues.RetryAfter;
        }

        if (next is null)
            return;
        using var limit = new CancellationTokenSource(SendTimeout);
        await queues.SendAsync(next.Phase, next.Message, limit.Token, delay);
    }

    private async Task<FollowingPhase?> RunAsync(Phase phase, JobMessage message, string body, CancellationToken cancellation)
    {
        var name = phase.Name();
        using var span = message.Traceparent is null ? null : Traces.ContinuePhase(name, message.MessageSid, message.Traceparent);
        ClaimResult claim;
        try
        {
            claim = await jobs.ClaimAsync(message, phase, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            // The database is down. A new queue message starts with dequeue count 0, so the outage uses no attempt.
            log.PhaseSkipped(message.MessageSid, name, ErrorCode.Of(e));
            await queues.SendAsync(phase, message, cancellation, settings.Value.DatabasePause);
            return null;
        }

        if (claim.LeasedJob is not { } job)
        {
            await HandleUnleasedAsync(phase, message, body, claim, span, cancellation);
            return null;
        }

        // A message without a trace (queued by hand, by the sweeper or a replay) joins the stored one, which only the claim tells.
        using var joined = span is null ? Traces.ContinuePhase(name, message.MessageSid, job.Traceparent) : null;
        return await attempts.RunAsync(phases.First(each => each.Phase == phase), job, claim.Generation, span ?? joined, cancellation);
    }

    /// <summary>Handles a queue message whose job was not leased: requeues it, dead-letters it or drops it.</summary>
    private async Task HandleUnleasedAsync(Phase phase, JobMessage message, string body, ClaimResult claim, Activity? span, CancellationToken cancellation)
    {
        switch (claim)
        {
            case { Outcome: "deferred" }:
                await dispatcher.FollowAsync([new PostCommitAction("deferred", message.MessageSid, phase, null, claim.Wait.TotalSeconds, claim.Reason, null)]);
                // A slot may have become free between the look for one and the deferral; a paused sender's place goes to others.
                if (claim.Reason is "no_slot" or "sender_paused")
                    await dispatcher.ResumeAsync(probes: false, cancellation);
                return;
            case { Outcome: "unknown" or "exhausted" }:
                await SendToPoisonAsync(phase, body, claim.Outcome, cancellation);
                return;
            case { Outcome: "leased" or "follows" }:
                // Another worker holds the lease, or has the sender's earlier message. Requeue, because that worker may die.
                await queues.SendAsync(phase, message, cancellation, claim.Wait + TimeSpan.FromSeconds(1));
                break;
            case { Outcome: "elsewhere", CurrentPhase: { } current }:
                // The worker that stored this phase's output may have died before it could enqueue the next; a second message does no harm.
                await queues.SendAsync(current, new JobMessage(message.MessageSid, claim.Generation), cancellation);
                break;
        }

        span.End(claim.Outcome);
        log.PhaseSkipped(message.MessageSid, phase.Name(), claim.Outcome);
    }

    private Task SendToPoisonAsync(Phase phase, string body, string cause, CancellationToken cancellation)
    {
        log.MessageMovedToPoison(phase.Name(), cause);
        return queues.SendToPoisonAsync(phase, body, cancellation);
    }
}
