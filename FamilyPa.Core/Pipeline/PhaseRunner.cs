using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Pipeline;

/// <summary>The work of one phase on a job that is leased to it.</summary>
public interface IPhase
{
    Phase Phase { get; }

    /// <summary>Does the work, or skips what is stored already, and stores the result fenced by the claim's lease.</summary>
    /// <returns>The phase to enqueue next; null when the job has ended.</returns>
    Task<Phase?> RunAsync(LeasedJob claim, CancellationToken cancellation);
}

/// <summary>Turns a queue message into a phase's work: reads it, leases the job, keeps the lease, records how it ended.</summary>
public sealed class PhaseRunner(JobStore jobs, PhaseQueues queues, DeferredJobDispatcher dispatcher, IOptions<PipelineSettings> settings, ILogger<PhaseRunner> log)
{
    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(5);

    /// <summary>For how long one call goes on with what waited behind its own message.</summary>
    private static readonly TimeSpan MostInOneGo = TimeSpan.FromSeconds(20);

    /// <exception cref="PhaseFailedException">The try failed: the platform is to deliver the message again, or to poison it after five.</exception>
    public async Task RunAsync(IPhase phase, string body, CancellationToken cancellation)
    {
        if (JobMessage.TryParse(body) is not { } message)
        {
            log.MessageMovedToPoison(phase.Phase.Name(), "unreadable");
            await queues.SendToPoisonAsync(phase.Phase, body, cancellation);
            return;
        }

        if (await RunAsync(phase, message, body, cancellation) is { } next)
            await GoOnAsync(phase, next, cancellation);
    }

    /// <summary>
    /// Goes on with what waited for its turn behind a message that is done, and so on: a family's messages go one by one, and to have each
    /// brought by its queue would take several times as long.
    /// </summary>
    private async Task GoOnAsync(IPhase phase, JobMessage following, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        JobMessage? next = following;
        TimeSpan? delay = null;
        try
        {
            while (next is not null && Stopwatch.GetElapsedTime(started) < MostInOneGo && !cancellation.IsCancellationRequested)
                next = await RunAsync(phase, next, next.ToJson(), cancellation);
        }
        catch (Exception e)
        {
            // It has no queue message that the platform could deliver again, and the one that brought us here has done its work.
            log.PhaseSkipped(next!.MessageSid, phase.Phase.Name(), ErrorCode.Of(e));
            delay = PhaseQueues.RetryAfter;
        }

        if (next is null)
            return;
        using var limit = new CancellationTokenSource(RecordLimit);
        await queues.SendAsync(phase.Phase, next, limit.Token, delay);
    }

    /// <returns>The message whose turn it is now, where this one was before it.</returns>
    private async Task<JobMessage?> RunAsync(IPhase phase, JobMessage message, string body, CancellationToken cancellation)
    {
        var name = phase.Phase.Name();
        using var span = message.Traceparent is null ? null : Traces.ContinuePhase(name, message.MessageSid, message.Traceparent);
        ClaimResult result;
        try
        {
            result = await jobs.ClaimAsync(message, phase.Phase, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            // The database is away: not this message's fault, so it waits without losing one of its five tries.
            log.PhaseSkipped(message.MessageSid, name, ErrorCode.Of(e));
            await queues.SendAsync(phase.Phase, message, cancellation, settings.Value.DatabasePause);
            return null;
        }

        switch (result)
        {
            case { Outcome: "claimed", LeasedJob: { } claim }:
                // What came without a trace (by hand, swept, replayed) joins that of its message, which only the claim tells.
                using (var joined = span is null ? Traces.ContinuePhase(name, message.MessageSid, claim.Traceparent) : null)
                    return await WorkAsync(phase, claim, result.Generation, span ?? joined, cancellation);
            case { Outcome: "leased" }:
                // Another delivery is at work. Come back when its lease is over, in case it dies.
                await queues.SendAsync(phase.Phase, message, cancellation, result.Wait + TimeSpan.FromSeconds(1));
                break;
            case { Outcome: "elsewhere", CurrentPhase: { } current }:
                // The worker that stored this phase's output may have died before it could enqueue the next; a second message does no harm.
                await queues.SendAsync(current, new JobMessage(message.MessageSid, result.Generation), cancellation);
                break;
            case { Outcome: "deferred" }:
                await dispatcher.FollowAsync([new PostCommitAction("deferred", message.MessageSid, phase.Phase, null, result.Wait.TotalSeconds, result.Reason, null)]);
                // A slot may have become free between this one's looking for it and its being set aside; who is paused has lost his place to others.
                if (result.Reason is "no_slot" or "sender_paused")
                    await dispatcher.ResumeAsync(probes: false, cancellation);
                return null;
            case { Outcome: "unknown" or "exhausted" }:
                log.MessageMovedToPoison(name, result.Outcome);
                await queues.SendToPoisonAsync(phase.Phase, body, cancellation);
                return null;
        }

        span.End(result.Outcome);
        log.PhaseSkipped(message.MessageSid, name, result.Outcome);
        return null;
    }

    /// <inheritdoc cref="RunAsync(IPhase, JobMessage, string, CancellationToken)"/>
    private async Task<JobMessage?> WorkAsync(IPhase phase, LeasedJob claim, int generation, Activity? span, CancellationToken cancellation)
    {
        span?.SetTag("attempt_id", claim.AttemptId).SetTag("family_id", claim.Family.Id).SetTag("attempt_number", claim.Attempt);
        var started = Stopwatch.GetTimestamp();
        Phase? next;
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var renewal = KeepLeaseAsync(claim, work);
        OutboundRetryPolicy.IsProbe = claim.IsProbe;
        try
        {
            next = await phase.RunAsync(claim, work.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            End(claim, span, "handed_back", started);
            using var limit = new CancellationTokenSource(RecordLimit);
            await jobs.HandBackAsync(claim, limit.Token);
            // To be interrupted would cost one of the message's five tries; as a new one it has them all.
            await queues.SendAsync(claim.Phase, new JobMessage(claim.MessageSid, generation), limit.Token);
            return null;
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            // Tried for as long as it makes sense. There is nothing to record it in, and it is not the message's fault.
            End(claim, span, "not_stored", started, ErrorCode.Of(e));
            log.OutcomeNotStored(claim.MessageSid, claim.Phase.Name(), claim.Family.Id, ErrorCode.Of(e));
            using var limit = new CancellationTokenSource(RecordLimit);
            await queues.SendAsync(claim.Phase, new JobMessage(claim.MessageSid, generation), limit.Token, settings.Value.DatabasePause);
            return null;
        }
        catch (Exception e) when (Lease.IsLost(e) || work.IsCancellationRequested)
        {
            End(claim, span, "lease_lost", started);
            log.PhaseSkipped(claim.MessageSid, claim.Phase.Name(), "lease_lost");
            return null;
        }
        catch (DeferredException e)
        {
            End(claim, span, "deferred", started);
            await dispatcher.FollowAsync(e.Steps);
            return null;
        }
        catch (Exception e)
        {
            var error = AttemptError.Of(e);
            var failure = await FailAsync(claim, error, started);
            End(claim, span, failure is null ? "deferred" : "failed", started, error.Code);
            if (failure is not null)
                throw failure;
            return null;
        }
        finally
        {
            await work.CancelAsync();
            await renewal;
        }

        End(claim, span, "succeeded", started);
        log.PhaseEnded(claim.MessageSid, claim.AttemptId, claim.Phase.Name(), claim.Family.Id, claim.Attempt, "succeeded", Elapsed(started));
        if (next is { } following)
        {
            using var limit = new CancellationTokenSource(RecordLimit);
            await queues.SendAsync(following, new JobMessage(claim.MessageSid, generation, Traces.Carried), limit.Token);
        }

        var turn = claim.Phase == Phase.Finalize ? claim.Steps.Find(step => step.IsTurn) : null;
        await dispatcher.FollowAsync([.. claim.Steps.Where(step => step != turn)]);
        return turn is null ? null : new JobMessage(turn.MessageSid!, turn.Generation);
    }

    /// <returns>Null where the job was set aside: its queue message has done its work.</returns>
    private async Task<PhaseFailedException?> FailAsync(LeasedJob claim, AttemptError error, long started)
    {
        log.PhaseFailed(
            claim.MessageSid, claim.AttemptId, claim.Phase.Name(), claim.Family.Id, claim.Attempt, Elapsed(started), error.Code, error.Message);
        log.ModelAnswered(claim, error.Usage);
        try
        {
            using var limit = new CancellationTokenSource(RecordLimit);
            var steps = await jobs.FailAttemptAsync(claim, error, limit.Token);
            await dispatcher.FollowAsync(steps);
            if (steps[0].Kind == "deferred")
                return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The attempt stays 'running' and counts as abandoned once the lease is over.
            log.PhaseSkipped(claim.MessageSid, claim.Phase.Name(), ErrorCode.Of(e));
        }

        return new PhaseFailedException(claim.MessageSid, claim.Phase.Name(), error);
    }

    /// <summary>Renews the lease at a third of its length; stops the work when the job is no longer ours.</summary>
    private async Task KeepLeaseAsync(LeasedJob claim, CancellationTokenSource work)
    {
        using var timer = new PeriodicTimer(settings.Value.Lease / 3);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(work.Token);
                if (!await jobs.RenewAsync(claim, work.Token))
                    await work.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                // Not yet lost: the next tick may get through. If none does, the fence refuses what this worker writes.
                log.LeaseNotRenewed(claim.MessageSid, claim.Phase.Name(), ErrorCode.Of(e));
            }
        }
    }

    private static void End(LeasedJob claim, Activity? span, string outcome, long started, string? errorCode = null)
    {
        span.End(outcome, errorCode);
        Meters.PhaseEnded(claim.Phase.Name(), outcome, Elapsed(started));
    }

    private static long Elapsed(long started) => (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}
