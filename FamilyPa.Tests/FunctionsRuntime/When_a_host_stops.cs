using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_host_stops(QueueWorld world) : IClassFixture<QueueWorld>
{
    private readonly Deliveries deliveries = new();

    [Fact]
    public async Task The_token_is_cancelled_and_the_message_shows_again_with_a_dequeue_spent()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        deliveries.Work = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        await using (await Start(world.Listen(queue, ("messageEncoding", "none"))))
        {
            await deliveries.Received("x");
        }

        Assert.Equal(2, (await QueueAssert.NextAsync(queue)).DequeueCount);
    }

    [Fact]
    public async Task A_function_in_flight_gets_to_finish()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        var ended = false;
        deliveries.Work = async (_, cancellationToken) =>
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            await Task.Yield();
            ended = true;
        };

        await using (await Start(world.Listen(queue, ("messageEncoding", "none"))))
        {
            await deliveries.Received("x");
        }

        Assert.True(ended);
        Assert.Equal(0, await QueueAssert.CountAsync(queue));
    }

    [Fact]
    public async Task Nothing_more_is_fetched()
    {
        var queue = await world.CreateQueueAsync();
        deliveries.Work = (text, cancellationToken) => text == "first" ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("batchSize", "1"), ("newBatchThreshold", "0")));
        await queue.SendMessageAsync("first", TestContext.Current.CancellationToken);
        await queue.SendMessageAsync("second", TestContext.Current.CancellationToken);
        await deliveries.Received("first");

        await functions.DisposeAsync();

        Assert.Equal(["first"], deliveries.Texts);
        Assert.Equal(2, await QueueAssert.CountAsync(queue));
    }

    [Fact]
    public async Task A_function_that_will_not_end_is_left_behind_after_the_grace()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        var never = new TaskCompletionSource();
        deliveries.Work = (_, _) => never.Task;
        var functions = await Start(world.Listen(queue, ("messageEncoding", "none"), ("FUNCTIONS_RUNTIME_GRACE", "00:00:00.100")));
        await deliveries.Received("x");

        await functions.DisposeAsync();

        Assert.Contains(functions.Log, line => line.Contains("left behind", StringComparison.Ordinal));
        never.SetResult();
    }

    private Task<LocalFunctions> Start(Action<FunctionsApplicationBuilder> listen) =>
        LocalFunctions.StartAsync<Stopped>(listen + (builder => builder.Services.AddSingleton(deliveries)));

    public class Stopped(Deliveries deliveries)
    {
        [Function("Stopped")]
        public Task Run([QueueTrigger("%Queue%")] string message, CancellationToken cancellationToken) => deliveries.Receive(message, cancellationToken);
    }
}
