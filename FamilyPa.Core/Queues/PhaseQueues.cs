using System.Collections.Concurrent;
using Azure.Storage.Queues;

namespace FamilyPa.Core.Queues;

/// <summary>Sends messages to the phases' queues.</summary>
public sealed class PhaseQueues(QueueServiceClient service)
{
    /// <summary>Deliveries before the platform moves a message to the poison queue: <c>maxDequeueCount</c> in host.json.</summary>
    public const int MostTries = 5;

    /// <summary>Delay before the platform redelivers a failed message: <c>visibilityTimeout</c> in host.json.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, QueueClient> clients = new();

    /// <param name="delay">Visibility delay; none when null. The platform's limit is seven days.</param>
    public Task SendAsync(Phase phase, JobMessage message, CancellationToken cancellation, TimeSpan? delay = null) =>
        SendAsync(phase.Name(), message.ToJson(), delay, cancellation);

    /// <summary>Sends a body that no phase can process to the poison queue, without the five attempts.</summary>
    /// <param name="delay">Visibility delay; none when null.</param>
    public Task SendToPoisonAsync(Phase phase, string body, CancellationToken cancellation, TimeSpan? delay = null) =>
        SendAsync(phase.Name() + "-poison", body, delay, cancellation);

    /// <returns>The approximate number of messages in a queue, including invisible ones; null when the queue does not exist.</returns>
    internal async Task<int?> DepthAsync(string queue, CancellationToken cancellation)
    {
        try
        {
            return (await clients.GetOrAdd(queue, service.GetQueueClient).GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount;
        }
        catch (Azure.RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <returns>Whether the queue service responds.</returns>
    public async Task<bool> IsReachableAsync(CancellationToken cancellation) =>
        (await clients.GetOrAdd(Phase.Extract.Name(), service.GetQueueClient).ExistsAsync(cancellation)).Value;

    /// <summary>The approximate number of messages in the phase's queue, including invisible ones. It is rarely below the real number.</summary>
    public async Task<int> CountAsync(Phase phase, CancellationToken cancellation)
    {
        try
        {
            return (await clients.GetOrAdd(phase.Name(), service.GetQueueClient).GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount;
        }
        catch (Azure.RequestFailedException e) when (e.ErrorCode == "QueueNotFound")
        {
            return 0;
        }
    }

    internal async Task SendAsync(string queue, string body, TimeSpan? delay, CancellationToken cancellation)
    {
        var client = clients.GetOrAdd(queue, service.GetQueueClient);
        try
        {
            await client.SendMessageAsync(body, delay, TimeSpan.FromSeconds(-1), cancellation);
        }
        catch (Azure.RequestFailedException e) when (e.ErrorCode == "QueueNotFound")
        {
            // The deployment creates the queues. If an operator deleted one, no message may be lost.
            await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await client.SendMessageAsync(body, delay, TimeSpan.FromSeconds(-1), cancellation);
        }
    }
}
