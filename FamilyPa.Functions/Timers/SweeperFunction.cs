using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Tasks;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class SweeperFunction(Sweeper sweeper, MessageIngestion ingestion, LimitMaintenance limits, SeriesDates series, QueueDepths depths)
{
    /// <summary>
    /// Every 30 seconds: requeues overdue jobs, takes in messages that waited for a choice, resumes deferred jobs, computes dates of recurring tasks and
    /// measures queue depths.
    /// </summary>
    [Function("Sweeper")]
    public async Task Sweep([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await sweeper.SweepAsync(cancellation);
        await ingestion.ReleaseAsync(Guid.NewGuid().ToString("N"), null, cancellation);
        await limits.RunAsync(cancellation);
        await series.FillAsync(cancellation);
        await depths.MeasureAsync(cancellation);
    }
}
