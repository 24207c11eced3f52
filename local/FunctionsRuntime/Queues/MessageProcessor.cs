using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Queues;

/// <summary>Takes one message to its end: deleted, shown again later, or moved to the poison queue.</summary>
internal sealed partial class MessageProcessor(
    LoadedFunction function, string queue, QueueClient? poison, QueueSettings queues, RuntimeSettings runtime, FunctionRunner runner, ILogger logger)
{
    private static readonly TimeSpan PoisonLife = TimeSpan.FromDays(7);

    private readonly string reason = $"New queue message detected on '{queue}'.";

    public async Task ProcessAsync(MessageLease lease, CancellationToken stopping)
    {
        await using (lease)
        {
            try
            {
                // More dequeues than allowed: the process died during the last one.
                if (lease.Message.DequeueCount > queues.MaxDequeueCount || Decode(lease.Message) is not { } message)
                {
                    await GiveUp(lease);
                    return;
                }

                var failure = await runner.RunAsync(new Invocation(function, runner.Scopes, stopping) { Message = message, Reason = reason });
                await (failure is null ? lease.DeleteAsync() : Failed(lease));
            }
            catch (Exception exception)
            {
                NotEnded(logger, exception, lease.Message.MessageId);
            }
        }
    }

    private Task Failed(MessageLease lease) =>
        poison is null || lease.Message.DequeueCount >= queues.MaxDequeueCount ? GiveUp(lease) : lease.ReleaseAsync(queues.VisibilityTimeout);

    /// <summary>
    /// A poison queue has no poison queue of its own. The platform leaves its message hidden for the rest of the ten minutes,
    /// and past the maximum no longer calls the function for it, until it expires.
    /// </summary>
    private async Task GiveUp(MessageLease lease)
    {
        if (poison is null)
        {
            Stuck(logger, lease.Message.MessageId, lease.Message.DequeueCount, runtime.InFlightHide);
            await lease.ReleaseAsync(runtime.InFlightHide);
            return;
        }

        // Not atomic, as on the platform: a crash in between leaves both, so the poison function must be idempotent.
        Poisoned(logger, lease.Message.MessageId, poison.Name, lease.Message.DequeueCount);
        await Copy(lease.Message, poison);
        await lease.DeleteAsync();
    }

    private static async Task Copy(QueueMessage message, QueueClient poison)
    {
        try
        {
            await poison.SendMessageAsync(message.Body, timeToLive: PoisonLife);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            await poison.CreateIfNotExistsAsync();
            await poison.SendMessageAsync(message.Body, timeToLive: PoisonLife);
        }
    }

    private QueueMessage? Decode(QueueMessage raw)
    {
        if (!queues.IsBase64)
            return raw;

        try
        {
            var body = BinaryData.FromBytes(Convert.FromBase64String(raw.Body.ToString()));
            return QueuesModelFactory.QueueMessage(
                raw.MessageId, raw.PopReceipt, body, raw.DequeueCount, raw.NextVisibleOn, raw.InsertedOn, raw.ExpiresOn);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} moved to {PoisonQueue} after {DequeueCount} dequeues")]
    private static partial void Poisoned(ILogger logger, string messageId, string poisonQueue, long dequeueCount);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} failed in a poison queue, dequeue {DequeueCount}; hidden for {Hidden}")]
    private static partial void Stuck(ILogger logger, string messageId, long dequeueCount, TimeSpan hidden);

    [LoggerMessage(3, LogLevel.Error, "Message {MessageId} could not be deleted, released or moved; it shows again when its time is up")]
    private static partial void NotEnded(ILogger logger, Exception exception, string messageId);
}
