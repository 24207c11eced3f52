using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_message_takes_long(QueueWorld world) : IClassFixture<QueueWorld>
{
    private readonly Deliveries deliveries = new();

    [Fact]
    public async Task It_stays_hidden_and_is_deleted_in_the_end()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("long", TestContext.Current.CancellationToken);
        // What is tried is the passing of time itself: more than twice the time a message is hidden without renewal.
        deliveries.Work = (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(13), cancellationToken);

        await using var functions = await LocalFunctions.StartAsync<Lasting>(
            world.Listen(queue, ("messageEncoding", "none"), ("FUNCTIONS_RUNTIME_INFLIGHT_HIDE", "00:00:06"))
            + (builder => builder.Services.AddSingleton(deliveries)));

        await QueueAssert.IsEmptied(queue);
        Assert.Equal(["long"], deliveries.Texts);
    }

    public class Lasting(Deliveries deliveries)
    {
        [Function("Lasting")]
        public Task Run([QueueTrigger("%Queue%")] string message, CancellationToken cancellationToken) => deliveries.Receive(message, cancellationToken);
    }
}
