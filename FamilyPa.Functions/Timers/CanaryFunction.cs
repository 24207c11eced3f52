using FamilyPa.Core.Canary;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class CanaryFunction(Canary canary)
{
    /// <summary>Every five minutes, where <c>Canary__Enabled</c> says so; not at the same moment as the other timers.</summary>
    [Function("Canary")]
    public Task Fly([TimerTrigger("15 2/5 * * * *")] TimerInfo timer, CancellationToken cancellation) => canary.RunAsync(cancellation);
}
