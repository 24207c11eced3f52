using FamilyPa.Core.Pipeline;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class SweeperFunction(Sweeper sweeper)
{
    /// <summary>Every 30 seconds: what was accepted and never queued, or whose worker died.</summary>
    [Function("Sweeper")]
    public Task Sweep([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellation) => sweeper.SweepAsync(cancellation);
}
