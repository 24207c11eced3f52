using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <summary>What is in a queue, hidden or not.</summary>
internal static class QueueAssert
{
    /// <summary>Waits until the queue holds no message, not even a hidden one.</summary>
    public static Task IsEmptied(QueueClient queue) => Wait.Until(async () => await CountAsync(queue) == 0);

    public static async Task<int> CountAsync(QueueClient queue) =>
        (await queue.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount;

    /// <summary>Takes the next message that shows, waiting for it.</summary>
    public static async Task<QueueMessage> NextAsync(QueueClient queue)
    {
        QueueMessage? message = null;
        await Wait.Until(async () =>
            await queue.ExistsAsync() && (message = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(5))).Value) is not null);
        return message!;
    }
}
