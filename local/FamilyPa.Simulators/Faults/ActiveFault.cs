using System.Text;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Faults;

/// <summary>An active fault. Disposing it removes it and releases the requests that it holds.</summary>
public sealed class ActiveFault(Fault fault, Action<ActiveFault> remove) : IDisposable
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChangeSignal struck = new();
    private readonly Random chance = new(fault.Seed);
    private readonly Lock gate = new();
    private int hits;
    private int held;
    private int mostHeld;

    public Fault Fault => fault;

    /// <summary>The number of requests that it has hit.</summary>
    public int Hits => Volatile.Read(ref hits);

    /// <summary>The greatest number of requests held at the same time.</summary>
    public int MostHeld => Volatile.Read(ref mostHeld);

    /// <summary>Releases all held requests, and later requests at once.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Returns after this many hits. The simulator then holds the last request.</summary>
    public Task WaitForHitsAsync(int count, TimeSpan timeout) =>
        struck.WaitForAsync(() => Hits >= count ? [true] : Array.Empty<bool>(), timeout, $"{count} hits of {fault.Kind} on {fault.Operation}");

    public void Dispose()
    {
        remove(this);
        Release();
    }

    internal bool Fits(RecordedRequest request) =>
        (fault.Operation == "*" || fault.Operation == request.Operation)
        && (fault.Contains is not { Length: > 0 } text
            || request.Body.Contains(text, StringComparison.Ordinal)
            || request.Path.Contains(text, StringComparison.Ordinal)
            || request.Fields.Values.Any(value => value.Contains(text, StringComparison.Ordinal))
            || request.File.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <summary>Asked once for each request that fits, one after the other.</summary>
    internal bool IsDue() => fault.Probability is not { } probability || chance.NextDouble() < probability;

    /// <summary>Returns after the fault's time, or once released.</summary>
    internal async Task HoldAsync(CancellationToken cancellation)
    {
        lock (gate) mostHeld = Math.Max(mostHeld, ++held);
        try
        {
            var time = fault.Milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : Timeout.InfiniteTimeSpan;
            await Task.WhenAny(released.Task, Task.Delay(time, cancellation));
        }
        finally
        {
            lock (gate) held--;
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <returns>Whether it is used up.</returns>
    internal bool Strike()
    {
        var count = Interlocked.Increment(ref hits);
        struck.Raise();
        return fault.Limit is { } limit && count >= limit;
    }
}
