using System.Collections.Concurrent;
using FunctionsRuntime.Queues;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <remarks>Other tests of this process use queues too: each looks at its own queue only.</remarks>
public class When_the_app_queues_a_message(QueueWorld world) : IClassFixture<QueueWorld>
{
    [Fact]
    public async Task Its_queue_is_looked_at_at_once()
    {
        var queue = await world.CreateQueueAsync();

        var heard = await HearAsync(queue.Uri, () => queue.SendMessageAsync("now", TestContext.Current.CancellationToken));

        Assert.Equal([TimeSpan.Zero], heard);
    }

    [Fact]
    public async Task A_hidden_one_is_looked_for_when_it_shows()
    {
        var queue = await world.CreateQueueAsync();

        var heard = await HearAsync(
            queue.Uri, () => queue.SendMessageAsync("later", TimeSpan.FromSeconds(3), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal([TimeSpan.FromSeconds(3)], heard);
    }

    [Fact]
    public async Task One_that_is_given_back_is_looked_for_as_well()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("again", TestContext.Current.CancellationToken);
        var message = (await queue.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;

        var heard = await HearAsync(
            queue.Uri,
            () => queue.UpdateMessageAsync(
                message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.FromSeconds(2), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal([TimeSpan.FromSeconds(2)], heard);
    }

    [Fact]
    public async Task One_that_is_only_read_or_deleted_wakes_nobody()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("gone", TestContext.Current.CancellationToken);

        var heard = await HearAsync(queue.Uri, async () =>
        {
            var message = (await queue.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
        });

        Assert.Empty(heard);
    }

    /// <returns>For how long the queue's messages that were heard of stay hidden.</returns>
    private static async Task<IReadOnlyCollection<TimeSpan>> HearAsync(Uri queue, Func<Task> work)
    {
        ConcurrentQueue<TimeSpan> heard = [];
        using var own = new OwnMessages((address, hidden) =>
        {
            if (address == queue)
                heard.Enqueue(hidden);
        });
        own.Listen();
        await work();
        return heard;
    }
}
