using FamilyPa.Core.Reconciliation;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class ReconcilerFunction(Reconciler reconciler, UncertainReplies replies)
{
    /// <summary>Every five minutes: what Twilio has and we do not, messages and replies.</summary>
    [Function("Reconciler")]
    public async Task Reconcile([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await reconciler.RunAsync(cancellation);
        await replies.RunAsync(cancellation);
    }
}
