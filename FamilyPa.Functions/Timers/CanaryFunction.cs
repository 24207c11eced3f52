using FamilyPa.Core.Canary;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class CanaryFunction(Canary canary)
{
    /// <summary>Every five minutes if <c>Canary__Enabled</c> is set. The offset avoids the other timers.</summary>
    [Function("Canary")]
    public Task Fly([TimerTrigger("15 2/5 * * * *")] TimerInfo timer, CancellationToken cancellation) => canary.RunAsync(cancellation);
}
