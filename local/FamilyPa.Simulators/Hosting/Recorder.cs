namespace FamilyPa.Simulators.Hosting;

/// <summary>An append-only list that can be waited on. Keeps the newest <paramref name="capacity"/> items, so that a long load run does not fill memory.</summary>
internal sealed class Recorder<T>(int capacity = 20_000)
{
    private readonly Lock gate = new();
    private readonly Queue<T> items = new();
    private readonly ChangeSignal changed = new();
    private long total;

    /// <summary>All that were ever added, the forgotten ones included.</summary>
    public long Total => Interlocked.Read(ref total);

    public void Add(T item)
    {
        lock (gate)
        {
            if (items.Count == capacity) items.Dequeue();
            items.Enqueue(item);
            total++;
        }

        changed.Raise();
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (gate) return [.. items];
    }

    public void Clear()
    {
        lock (gate)
        {
            items.Clear();
            total = 0;
        }
    }

    public Task<T> WaitForAsync(Func<T, bool> predicate, TimeSpan timeout, string what) =>
        changed.WaitForAsync(() => Snapshot().Where(predicate).Take(1).ToArray(), timeout, what);
}
