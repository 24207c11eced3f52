using FunctionsRuntime.Queues;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_queue_is_empty
{
    [Fact]
    public void It_is_looked_at_ever_less_often_up_to_the_maximum()
    {
        var delay = new PollingDelay(TimeSpan.FromSeconds(1));

        var delays = Enumerable.Range(0, 8).Select(_ => delay.Next(foundSinceLast: false).TotalMilliseconds).ToList();

        Assert.All(delays, one => Assert.InRange(one, 100, 1000));
        Assert.Equal(delays.Order(), delays);
        Assert.Equal(1000, delays[^1]);
    }

    [Fact]
    public void After_a_message_it_is_looked_at_soon_again()
    {
        var delay = new PollingDelay(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
            delay.Next(foundSinceLast: false);

        Assert.Equal(PollingDelay.Minimum, delay.Next(foundSinceLast: true));
        Assert.InRange(delay.Next(foundSinceLast: false), PollingDelay.Minimum, PollingDelay.Minimum * 3);
    }

    [Fact]
    public void The_smallest_maximum_is_kept() =>
        Assert.Equal(PollingDelay.Minimum, new PollingDelay(PollingDelay.Minimum).Next(foundSinceLast: false));
}
