using FamilyPa.Core.Operations;
using FamilyPa.Core.Pipeline;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class SweeperFunction(Sweeper sweeper, Depths depths)
{
    /// <summary>Every 30 seconds: what was accepted and never queued, or whose worker died; then how much waits.</summary>
    [Function("Sweeper")]
    public async Task Sweep([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await sweeper.SweepAsync(cancellation);
        await depths.MeasureAsync(cancellation);
    }
}
