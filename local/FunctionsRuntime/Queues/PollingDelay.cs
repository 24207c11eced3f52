namespace FunctionsRuntime.Queues;

/// <summary>How long to wait before an empty queue is looked at again: from 100 ms, doubling with some chance, to the maximum.</summary>
internal sealed class PollingDelay(TimeSpan maximum)
{
    public static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(100);

    public TimeSpan Next(bool foundSinceLast)
    {
        if (foundSinceLast)
        {
            step = Minimum;
            return Min(Minimum);
        }

        var delay = Minimum + (step * (0.8 + (Random.Shared.NextDouble() * 0.4)));
        if (delay < maximum)
        {
            step *= 2;
        }

        return Min(delay);
    }

    private TimeSpan Min(TimeSpan delay) => delay < maximum ? delay : maximum;

    private TimeSpan step = Minimum;
}
