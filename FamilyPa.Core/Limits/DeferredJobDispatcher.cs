using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Limits;

/// <summary>Jobs that wait their turn: asks for them on their queues when something has ended that they waited for.</summary>
public sealed class DeferredJobDispatcher(Database database, PhaseQueues queues, IOptions<LimitSettings> limits, ILogger<DeferredJobDispatcher> log)
{
    /// <summary>For how long a slot is kept for a job that was asked for, before it may be asked for again.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    /// <summary>Jobs that one ending asks for. One job that ends makes room for one, but a breaker that closes for many.</summary>
    public const int MostAtOnce = 16;

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    /// <summary>A queue's delay is in whole seconds, and its message must not come before the job is due.</summary>
    private const double Margin = 1;

    /// <summary>Asks for whatever is due and has room.</summary>
    /// <param name="probes">Also whether a service is back that was down.</param>
    /// <returns>How many jobs were asked for.</returns>
    public async Task<int> ResumeAsync(bool probes, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select * from resume_deferred($1, $2, $3, $4)", limits.Value.MaxConcurrentJobs, Hold, MostAtOnce, probes);
        var steps = await batch.ListAsync(PostCommitAction.Read, cancellation);
        await FollowAsync(steps);
        return steps.Count;
    }

    /// <summary>Sends what is to be sent, and says what has happened. What cannot be sent is asked for again by the sweeper.</summary>
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
