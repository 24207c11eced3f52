using FamilyPa.Core.Limits;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Pipeline;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class SweeperFunction(Sweeper sweeper, LimitMaintenance limits, QueueDepths depths)
{
    /// <summary>Every 30 seconds: requeues overdue jobs, resumes deferred jobs and measures queue depths.</summary>
    [Function("Sweeper")]
    public async Task Sweep([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await sweeper.SweepAsync(cancellation);
        await limits.RunAsync(cancellation);
        await depths.MeasureAsync(cancellation);
    }
}
