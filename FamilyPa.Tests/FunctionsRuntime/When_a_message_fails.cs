using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_message_fails(QueueWorld world) : IClassFixture<QueueWorld>
{
    private readonly Deliveries deliveries = new();

    [Fact]
    public async Task It_is_tried_again_after_the_visibility_timeout_and_succeeds()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        deliveries.Work = (text, _) => text == "x 1" ? throw new InvalidOperationException("boom") : Task.CompletedTask;

        await using var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("visibilityTimeout", "00:00:02")));

        await deliveries.Received("x 1", "x 2");
        await QueueAssert.IsEmptied(queue);
        var times = deliveries.Times.ToArray();
        // Storage keeps whole seconds.
        Assert.InRange(TimeProvider.System.GetElapsedTime(times[0], times[1]), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.Contains(functions.Log, line => line.StartsWith($"Information Function.Counted: Executing 'Functions.Counted' (Reason='New queue message detected on '{queue.Name}'.'", StringComparison.Ordinal));
        Assert.Contains(functions.Log, line => line.StartsWith("Error Function.Counted: Executed 'Functions.Counted' (Failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_the_last_try_it_is_moved_to_the_poison_queue()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        deliveries.Work = (_, _) => throw new InvalidOperationException("boom");

        await using var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("maxDequeueCount", "3")));

        var poison = await QueueAssert.NextAsync(world.PoisonOf(queue));
        Assert.Equal("x", poison.MessageText);
        Assert.Equal(TimeSpan.FromDays(7), poison.ExpiresOn - poison.InsertedOn);
        await QueueAssert.IsEmptied(queue);
        Assert.Equal(["x 1", "x 2", "x 3"], deliveries.Texts);
    }

    [Fact]
    public async Task Json_that_does_not_fit_fails_like_anything_else()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("no json", TestContext.Current.CancellationToken);

        await using var functions = await LocalFunctions.StartAsync(
            [typeof(Typed)], With(world.Listen(queue, ("messageEncoding", "none"), ("maxDequeueCount", "2"))));

        Assert.Equal("no json", (await QueueAssert.NextAsync(world.PoisonOf(queue))).MessageText);
        Assert.Equal(2, functions.Log.Count(line => line.StartsWith("Error Function.Typed", StringComparison.Ordinal)));
        Assert.Empty(deliveries.Texts);
    }

    [Fact]
    public async Task One_that_was_dequeued_too_often_is_moved_without_a_call()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("killer", TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            var message = await QueueAssert.NextAsync(queue);
            await queue.UpdateMessageAsync(
                message.MessageId, message.PopReceipt, messageText: null, TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        await using var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("maxDequeueCount", "2")));

        Assert.Equal("killer", (await QueueAssert.NextAsync(world.PoisonOf(queue))).MessageText);
        Assert.Empty(deliveries.Texts);
    }

    [Fact]
    public async Task The_poison_queues_own_function_gets_it()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        deliveries.Work = (text, _) => text == "x 1" ? throw new InvalidOperationException("boom") : Task.CompletedTask;

        await using var functions = await LocalFunctions.StartAsync(
            [typeof(Counted), typeof(Poisoned)], With(world.Listen(queue, ("messageEncoding", "none"), ("maxDequeueCount", "1"))));

        await deliveries.Received("x 1", "poisoned x");
        await QueueAssert.IsEmptied(world.PoisonOf(queue));
    }

    [Fact]
    public async Task In_a_poison_queue_it_stays_hidden_for_the_in_flight_time_between_tries_and_never_leaves()
    {
        var queue = await world.CreateQueueAsync("-poison");
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        deliveries.Work = (_, _) => throw new InvalidOperationException("boom");

        await using var functions = await Start(world.Listen(
            queue, ("messageEncoding", "none"), ("maxDequeueCount", "2"), ("FUNCTIONS_RUNTIME_INFLIGHT_HIDE", "00:00:02")));

        await deliveries.Received("x 1", "x 2");
        // Past the maximum it is still dequeued, and hidden again, but the function is not called any more.
        await Wait.Until(() => functions.Log.Any(line => line.Contains("failed in a poison queue, dequeue 4", StringComparison.Ordinal)));
        Assert.Equal(2, deliveries.Texts.Count);
        Assert.False(await world.PoisonOf(queue).ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_others_go_on()
    {
        var queue = await world.CreateQueueAsync();
        deliveries.Work = (text, _) => text.StartsWith("bad", StringComparison.Ordinal) ? throw new InvalidOperationException("boom") : Task.CompletedTask;
        await using var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("visibilityTimeout", "01:00:00")));

        await queue.SendMessageAsync("bad", TestContext.Current.CancellationToken);
        await deliveries.Received("bad 1");
        await queue.SendMessageAsync("good", TestContext.Current.CancellationToken);

        await deliveries.Received("bad 1", "good 1");
    }

    private Task<LocalFunctions> Start(Action<FunctionsApplicationBuilder> listen) => LocalFunctions.StartAsync([typeof(Counted)], With(listen));

    private Action<FunctionsApplicationBuilder> With(Action<FunctionsApplicationBuilder> listen) => listen + (builder => builder.Services.AddSingleton(deliveries));

    public class Counted(Deliveries deliveries)
    {
        [Function("Counted")]
        public Task Run([QueueTrigger("%Queue%")] string message, long dequeueCount, CancellationToken cancellationToken) =>
            deliveries.Receive($"{message} {dequeueCount}", cancellationToken);
    }

    public class Poisoned(Deliveries deliveries)
    {
        [Function("Poisoned")]
        public Task Run([QueueTrigger("%Queue%-poison")] string message) => deliveries.Receive($"poisoned {message}");
    }

    public class Typed(Deliveries deliveries)
    {
        [Function("Typed")]
        public Task Run([QueueTrigger("%Queue%")] When_a_message_arrives.Job job) => deliveries.Receive(job.MessageSid);
    }
}
