using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Operations;

/// <summary>Measures what waits: in the queues, in the poison queues, and for how long.</summary>
/// <remarks>By a timer, which runs on one instance only, so that sums over all instances are right.</remarks>
public sealed class QueueDepths(Database database, PhaseQueues queues, ILogger<QueueDepths> log)
{
    public static IReadOnlyList<string> Queues { get; } = [.. Enum.GetValues<Phase>().Select(phase => phase.Name()), FallbackQueue.Name, NotificationQueue.Name];

    /// <remarks>Twelve calls of the queue service, at $0.004 for ten thousand, every 30 s: about 40 cents a month.</remarks>
    public async Task MeasureAsync(CancellationToken cancellation)
    {
        if (!Meters.AreDepthsWanted)
            return;
        try
        {
            await Task.WhenAll([MeasureAgeAsync(cancellation), .. Queues.Select(queue => MeasureAsync(queue, cancellation))]);
        }
        catch (Exception e) when (DatabaseOutage.Is(e) || e is Azure.RequestFailedException or AggregateException)
        {
            log.MeasurementFailed(ErrorCode.Of(e));
        }
    }

    private async Task MeasureAsync(string queue, CancellationToken cancellation)
    {
        Meters.QueueDepth(queue, await queues.DepthAsync(queue, cancellation) ?? 0);
        Meters.PoisonDepth(queue, await queues.DepthAsync($"{queue}-poison", cancellation) ?? 0);
    }

    private async Task MeasureAgeAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select coalesce(extract(epoch from now() - min(received_at)), 0)::double precision from processing_jobs
            where status not in ('done', 'rejected', 'failed', 'throttled', 'deferred')
            """);
        Meters.OldestUnfinished(TimeSpan.FromSeconds(await batch.SingleAsync(row => row.GetDouble(0), cancellation)));
    }
}
