using FamilyPa.Core.Erasure;
using FamilyPa.Core.Retention;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class RetentionFunction(RetentionRun retention, Erasures erasures)
{
    /// <summary>Every night: removes expired content and continues erasures.</summary>
    [Function("Retention")]
    public async Task Remove([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await retention.RunAsync(cancellation);
        await erasures.RunAsync(cancellation);
    }
}
