using Azure.Storage.Queues.Models;
using FamilyPa.Core.Ingestion;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Pipeline;

/// <summary>The fallback queue: verified messages that arrived while the database was unavailable.</summary>
public sealed class InboundFunctions(FallbackQueueConsumer ingestion)
{
    [Function("Inbound")]
    public Task TakeIn([QueueTrigger("inbound")] QueueMessage message, CancellationToken cancellation) =>
        ingestion.IngestAsync(message.Body.ToString(), message.DequeueCount, cancellation);

    [Function("InboundPoison")]
    public Task GiveUp([QueueTrigger("inbound-poison")] QueueMessage message, CancellationToken cancellation) =>
        ingestion.GiveUpAsync(message.MessageId, message.Body.ToString(), message.DequeueCount, cancellation);
}
