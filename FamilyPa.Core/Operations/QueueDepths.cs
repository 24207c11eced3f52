using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Operations;

/// <summary>Measures the depths of the queues and poison queues, and the age of the oldest unfinished message.</summary>
/// <remarks>A timer runs it on one instance only, so sums over all instances are correct.</remarks>
public sealed class QueueDepths(Database database, PhaseQueues queues, ILogger<QueueDepths> log)
{
    public static IReadOnlyList<string> Queues { get; } = [.. Enum.GetValues<Phase>().Select(phase => phase.Name()), FallbackQueue.Name, NotificationQueue.Name];

    /// <remarks>Twelve storage operations every 30 s, at $0.004 per ten thousand: about 40 cents a month.</remarks>
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
