using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Limits;

/// <summary>Brings deferred jobs back: queues them when what they waited for has ended.</summary>
public sealed class DeferredJobDispatcher(
    Database database, PhaseQueues queues, JobLimits jobLimits, IOptions<LimitSettings> limits, ILogger<DeferredJobDispatcher> log)
{
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    /// <summary>A queue's delay is in whole seconds, and its message must not come before the job is due.</summary>
    private const double Margin = 1;

    /// <summary>Queues jobs that are due and may run.</summary>
    /// <param name="probes">Also one job for each service that may be tried again.</param>
    /// <returns>How many jobs were queued.</returns>
    public async Task<int> ResumeAsync(bool probes, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select * from dispatch_deferred(read_limits($1), $2)", jobLimits.Json, probes);
        var steps = await batch.ListAsync(PostCommitAction.Read, cancellation);
        await FollowAsync(steps);
        return steps.Count;
    }

    /// <summary>Performs a transaction's actions. A job that cannot be queued is dispatched again with a later sweep.</summary>
    public async Task FollowAsync(IReadOnlyCollection<PostCommitAction> steps)
    {
        foreach (var step in steps)
            Tell(step);
        using var limit = new CancellationTokenSource(SendLimit);
        foreach (var step in steps.Where(step => step.Kind == "send"))
        {
            try
            {
                await queues.SendAsync(step.Phase!.Value, new JobMessage(step.MessageSid!, step.Generation), limit.Token, Delay(step.DelaySeconds));
            }
            catch (Exception e) when (e is Azure.RequestFailedException or OperationCanceledException or AggregateException)
            {
                log.DeferredJobNotQueued(step.MessageSid!, step.Phase!.Value.Name(), ErrorCode.Of(e));
            }
        }
    }

    private void Tell(PostCommitAction step)
    {
        var phase = step.Phase?.Name() ?? "";
        switch (step.Kind)
        {
            case "deferred":
                Meters.LimitActed(step.Reason!);
                log.Deferred(step.MessageSid!, phase, step.Reason!, step.DelaySeconds ?? 0);
                break;
            case "opened":
                Meters.BreakerChanged(phase, "open");
                log.BreakerOpened(phase, step.DelaySeconds ?? 0, step.Code, limits.Value.BreakerFailures);
                break;
            case "closed":
                Meters.BreakerChanged(phase, "closed");
                log.BreakerClosed(phase);
                break;
            case "alert":
                Meters.BudgetUsed(step.Reason!, step.Generation!.Value);
                log.BudgetUsed(step.Reason!, step.Generation!.Value, step.DelaySeconds ?? 0, step.Code!);
                break;
        }
    }

    private static TimeSpan? Delay(double? seconds) => seconds is > 0 ? TimeSpan.FromSeconds(Math.Min(Math.Ceiling(seconds.Value + Margin), TimeSpan.FromDays(6).TotalSeconds)) : null;
}
