using System.Text;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_message_arrives(QueueWorld world) : IClassFixture<QueueWorld>
{
    private readonly Deliveries deliveries = new();

    [Theory]
    [InlineData(typeof(AsText), "{\"MessageSid\":\"SM1\",\"generation\":2}")]
    [InlineData(typeof(AsBytes), "{\"MessageSid\":\"SM1\",\"generation\":2}")]
    [InlineData(typeof(AsMessage), "{\"MessageSid\":\"SM1\",\"generation\":2} 1 1")]
    [InlineData(typeof(AsJson), "SM1 2 1")]
    public async Task It_is_bound_as_the_function_asks_and_deleted(Type function, string expected)
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("""{"MessageSid":"SM1","generation":2}""", TestContext.Current.CancellationToken);

        await using var functions = await LocalFunctions.StartAsync([function], With(world.Listen(queue, ("messageEncoding", "none"))));

        await deliveries.Received(expected);
        await QueueAssert.IsEmptied(queue);
    }

    [Fact]
    public async Task Base64_is_decoded_when_nothing_else_is_said()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync(Convert.ToBase64String("Zoë 🥛"u8), TestContext.Current.CancellationToken);

        await using var functions = await LocalFunctions.StartAsync([typeof(AsText)], With(world.Listen(queue)));

        await deliveries.Received("Zoë 🥛");
        await QueueAssert.IsEmptied(queue);
    }

    [Fact]
    public async Task What_cannot_be_decoded_goes_straight_to_poison_as_it_came()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("SM, not Base64!", TestContext.Current.CancellationToken);
        await queue.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes("after")), TestContext.Current.CancellationToken);

        await using var functions = await LocalFunctions.StartAsync([typeof(AsText)], With(world.Listen(queue)));

        Assert.Equal("SM, not Base64!", (await QueueAssert.NextAsync(world.PoisonOf(queue))).MessageText);
        await deliveries.Received("after");
        await QueueAssert.IsEmptied(queue);
    }

    [Fact]
    public async Task Plain_text_arrives_as_it_is_without_encoding()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("SM0123 <&> not Base64!", TestContext.Current.CancellationToken);

        await using var functions = await LocalFunctions.StartAsync([typeof(AsText)], With(world.Listen(queue, ("messageEncoding", "none"))));

        await deliveries.Received("SM0123 <&> not Base64!");
    }

    [Fact]
    public async Task A_missing_queue_is_waited_for_and_not_created()
    {
        var queue = world.NewQueue();
        await using var functions = await LocalFunctions.StartAsync([typeof(AsText)], With(world.Listen(queue, ("messageEncoding", "none"))));

        await Wait.Until(() => functions.Log.Any(line => line.Contains($"{queue.Name} does not exist", StringComparison.Ordinal)));
        Assert.False(await queue.ExistsAsync(TestContext.Current.CancellationToken));

        await queue.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await queue.SendMessageAsync("late", TestContext.Current.CancellationToken);
        await deliveries.Received("late");
    }

    [Fact]
    public async Task No_more_run_at_once_than_batch_and_threshold_together()
    {
        var queue = await world.CreateQueueAsync();
        for (var i = 0; i < 10; i++)
            await queue.SendMessageAsync($"{i}", TestContext.Current.CancellationToken);

        using var gate = new SemaphoreSlim(0);
        deliveries.Work = (_, cancellationToken) => gate.WaitAsync(cancellationToken);
        await using var functions = await LocalFunctions.StartAsync(
            [typeof(AsText)], With(world.Listen(queue, ("messageEncoding", "none"), ("batchSize", "2"), ("newBatchThreshold", "1"))));

        // The first two of a batch; one more pair is fetched once only one is left running.
        for (var served = 0; served < 10; served++)
        {
            await Wait.Until(() => deliveries.Texts.Count >= Math.Min(10, served + 2));
            gate.Release();
        }

        await QueueAssert.IsEmptied(queue);
        Assert.Equal(10, deliveries.Texts.Count);
        Assert.Equal(3, deliveries.MostAtOnce);
    }

    [Fact]
    public async Task A_disabled_function_leaves_it_in_the_queue()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("waiting", TestContext.Current.CancellationToken);

        await using (await LocalFunctions.StartAsync([typeof(AsText)], With(world.Listen(queue, ("AzureWebJobs:AsText:Disabled", "true")))))
        {
        }

        Assert.Equal(1, (await QueueAssert.NextAsync(queue)).DequeueCount);
    }

    private Action<FunctionsApplicationBuilder> With(Action<FunctionsApplicationBuilder> listen) => listen + (builder => builder.Services.AddSingleton(deliveries));

    public class AsText(Deliveries deliveries)
    {
        [Function("AsText")]
        public Task Run([QueueTrigger("%Queue%")] string message, CancellationToken cancellationToken) => deliveries.Receive(message, cancellationToken);
    }

    public class AsBytes(Deliveries deliveries)
    {
        [Function("AsBytes")]
        public Task Run([QueueTrigger("%Queue%")] BinaryData message) => deliveries.Receive(message.ToString());
    }

    public class AsMessage(Deliveries deliveries)
    {
        [Function("AsMessage")]
        public Task Run([QueueTrigger("%Queue%")] QueueMessage message, long dequeueCount) =>
            deliveries.Receive($"{message.Body} {message.DequeueCount} {dequeueCount}");
    }

    public class AsJson(Deliveries deliveries)
    {
        [Function("AsJson")]
        public Task Run([QueueTrigger("%Queue%")] Job job, int dequeueCount) => deliveries.Receive($"{job.MessageSid} {job.Generation} {dequeueCount}");
    }

    public sealed record Job(string MessageSid, int Generation);
}
