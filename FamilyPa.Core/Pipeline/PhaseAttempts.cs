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

/// <summary>The phase to run next, and its queue message.</summary>
public sealed record FollowingPhase(Phase Phase, JobMessage Message);

/// <summary>Runs one attempt of a phase on a leased job: does the work, commits its result, says what follows; or handles the error.</summary>
public sealed class PhaseAttempts(
    JobStore jobs, PhaseQueues queues, DeferredJobDispatcher dispatcher, IOptions<PipelineSettings> settings, ILogger<PhaseAttempts> log)
{
    private static readonly TimeSpan RecordTimeout = TimeSpan.FromSeconds(5);

    /// <returns>The job's next phase; or that of the family's next message, if it waited for this one to end.</returns>
    /// <exception cref="PhaseFailedException">The attempt failed: the platform is to deliver the queue message again.</exception>
    public async Task<FollowingPhase?> RunAsync(IPhase phase, LeasedJob job, int generation, Activity? span, CancellationToken cancellation)
    {
        span?.SetTag("attempt_id", job.AttemptId).SetTag("family_id", job.Family.Id).SetTag("attempt_number", job.Attempt);
        var attempt = new Attempt(job, generation, span, Stopwatch.GetTimestamp());
        await using var lease = new LeaseRenewal(jobs, job, settings.Value.Lease / 3, log, cancellation);
        OutboundRetryPolicy.IsProbe = job.IsProbe;
        PhaseResult result;
        IReadOnlyList<PostCommitAction> actions;
        try
        {
            result = await phase.RunAsync(job, lease.Work);
            actions = await jobs.CommitAsync(job, result, lease.Work);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await HandBackAsync(attempt);
            return null;
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            await PostponeAsync(attempt, ErrorCode.Of(e));
            return null;
        }
        catch (Exception e) when (Lease.IsLost(e) || lease.Work.IsCancellationRequested)
        {
            attempt.End("lease_lost");
            log.PhaseSkipped(job.MessageSid, job.Phase.Name(), "lease_lost");
            return null;
        }
        catch (Exception e)
        {
            await FailAsync(attempt, AttemptError.Of(e));
            return null;
        }

        return await FollowAsync(attempt, result, actions);
    }

    /// <summary>After the commit.</summary>
    private async Task<FollowingPhase?> FollowAsync(Attempt attempt, PhaseResult result, IReadOnlyList<PostCommitAction> actions)
    {
        var job = attempt.Job;
        var outcome = result is PhaseResult.Deferred ? "deferred" : "succeeded";
        attempt.End(outcome);
        if (outcome == "succeeded")
            log.PhaseEnded(job.MessageSid, job.AttemptId, job.Phase.Name(), job.Family.Id, job.Attempt, outcome, attempt.Elapsed);
        if (result is PhaseResult.Done done)
            Meters.MessageEnded(done.Status, job.StatusReason, job.ReceivedAt);

        var turn = result is PhaseResult.Done ? actions.FirstOrDefault(action => action.IsResumedInOrder) : null;
        await dispatcher.FollowAsync([.. actions.Where(action => action != turn)]);
        return result is PhaseResult.Next next ? new FollowingPhase(next.Phase, attempt.Message with { Traceparent = Traces.Carried })
            : turn is null ? null : new FollowingPhase(job.Phase, new JobMessage(turn.MessageSid!, turn.Generation));
    }

    /// <summary>The app stops. A new queue message starts with all five deliveries.</summary>
    private async Task HandBackAsync(Attempt attempt)
    {
        attempt.End("handed_back");
        using var limit = new CancellationTokenSource(RecordTimeout);
        await jobs.HandBackAsync(attempt.Job, limit.Token);
        await queues.SendAsync(attempt.Job.Phase, attempt.Message, limit.Token);
    }

    /// <summary>The database is down, so nothing can be recorded. A new queue message starts with all five deliveries.</summary>
    private async Task PostponeAsync(Attempt attempt, string errorCode)
    {
        var job = attempt.Job;
        attempt.End("not_stored", errorCode);
        log.OutcomeNotStored(job.MessageSid, job.Phase.Name(), job.Family.Id, errorCode);
        using var limit = new CancellationTokenSource(RecordTimeout);
        await queues.SendAsync(job.Phase, attempt.Message, limit.Token, settings.Value.DatabasePause);
    }

    /// <exception cref="PhaseFailedException">The job was not deferred, and another attempt may succeed.</exception>
    private async Task FailAsync(Attempt attempt, AttemptError error)
    {
        var job = attempt.Job;
        log.PhaseFailed(job.MessageSid, job.AttemptId, job.Phase.Name(), job.Family.Id, job.Attempt, attempt.Elapsed, error.Code, error.Message);
        log.ModelAnswered(job, error.Usage);
        var (deferred, isFinal) = (false, false);
        try
        {
            using var limit = new CancellationTokenSource(RecordTimeout);
            var actions = await jobs.FailAttemptAsync(job, error, limit.Token);
            await dispatcher.FollowAsync(actions);
            deferred = actions[0].Kind == "deferred";
            isFinal = error.Failure.IsFinal;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The attempt stays 'running' and counts as abandoned once the lease is over.
            log.PhaseSkipped(job.MessageSid, job.Phase.Name(), ErrorCode.Of(e));
        }

        attempt.End(deferred ? "deferred" : "failed", error.Code);
        if (isFinal)
            await GiveUpAsync(attempt, error.Code);
        else if (!deferred)
            throw new PhaseFailedException(job.MessageSid, job.Phase.Name(), error);
    }

    /// <summary>Dead-letters the message: the poison queue's function fails the job and tells the sender.</summary>
    private async Task GiveUpAsync(Attempt attempt, string errorCode)
    {
        log.MessageMovedToPoison(attempt.Job.Phase.Name(), errorCode);
        using var limit = new CancellationTokenSource(RecordTimeout);
        await queues.SendToPoisonAsync(attempt.Job.Phase, attempt.Message.ToJson(), limit.Token);
    }

    private sealed record Attempt(LeasedJob Job, int Generation, Activity? Span, long Started)
    {
        public JobMessage Message => new(Job.MessageSid, Generation);

        public long Elapsed => (long)Stopwatch.GetElapsedTime(Started).TotalMilliseconds;

        public void End(string outcome, string? errorCode = null)
        {
            Span.End(outcome, errorCode);
            Meters.PhaseEnded(Job.Phase.Name(), outcome, Elapsed);
        }
    }
}
