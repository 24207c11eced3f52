using System.Collections.Concurrent;
using Azure.Storage.Queues;

namespace FamilyPa.Core.Queues;

/// <summary>Sends to the phases' queues.</summary>
public sealed class PhaseQueues(QueueServiceClient service)
{
    /// <summary>How often the platform delivers a message before it moves it to poison: host.json's <c>maxDequeueCount</c>.</summary>
    public const int MostTries = 5;

    /// <summary>How long the platform waits before it delivers a message again that failed: host.json's <c>visibilityTimeout</c>.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, QueueClient> clients = new();

    /// <param name="delay">Stays invisible this long; none when null. The platform's limit is seven days.</param>
    public Task SendAsync(Phase phase, JobMessage message, CancellationToken cancellation, TimeSpan? delay = null) =>
        SendAsync(phase.Name(), message.ToJson(), delay, cancellation);

    /// <summary>Hands a body that can't be worked on to the phase's poison queue at once, not after five tries.</summary>
    /// <param name="delay">As above.</param>
    public Task SendToPoisonAsync(Phase phase, string body, CancellationToken cancellation, TimeSpan? delay = null) =>
        SendAsync(phase.Name() + "-poison", body, delay, cancellation);

    /// <returns>About how many messages a queue holds, those being worked on included; null when there is no such queue.</returns>
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

    /// <returns>Whether the queue service answers.</returns>
    public async Task<bool> IsReachableAsync(CancellationToken cancellation) =>
        (await clients.GetOrAdd(Phase.Extract.Name(), service.GetQueueClient).ExistsAsync(cancellation)).Value;

    /// <summary>About how many messages the phase's queue holds, those that are being worked on included; hardly ever fewer than there are.</summary>
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
            // Deployment creates the queues; one that was deleted by hand must not cost a message.
            await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await client.SendMessageAsync(body, delay, TimeSpan.FromSeconds(-1), cancellation);
        }
    }
}
