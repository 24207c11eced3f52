using FamilyPa.Core.Reconciliation;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class ReconcilerFunction(Reconciler reconciler, UncertainReplies replies)
{
    /// <summary>Every five minutes: fetches messages without a webhook and settles uncertain replies.</summary>
    [Function("Reconciler")]
    public async Task Reconcile([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await reconciler.RunAsync(cancellation);
        await replies.RunAsync(cancellation);
    }
}
