namespace FunctionsRuntime.Queues;

/// <summary>How long to wait before an empty queue is looked at again: from 100 ms, doubling with some chance, to the maximum.</summary>
internal sealed class PollingDelay(TimeSpan maximum)
{
    private TimeSpan step = Minimum;
    private TimeSpan delay;

    public static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(100);

    public TimeSpan Next(bool foundSinceLast)
    {
        if (foundSinceLast)
        {
            step = Minimum;
            delay = Minimum;
        }
        else if (delay < maximum)
        {
            delay = Minimum + (step * (0.8 + (Random.Shared.NextDouble() * 0.4)));
            step *= 2;
        }

        return delay < maximum ? delay : maximum;
    }
}
