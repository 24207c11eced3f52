using System.Collections.Concurrent;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <summary>What the functions of one test were called with, and what they are to do.</summary>
public sealed class Deliveries
{
    private int running;

    public ConcurrentQueue<string> Texts { get; } = new();

    public ConcurrentQueue<long> Times { get; } = new();

    public int MostAtOnce { get; private set; }

    public Func<string, CancellationToken, Task> Work { get; set; } = (_, _) => Task.CompletedTask;

    public async Task Receive(string text, CancellationToken cancellationToken = default)
    {
        Times.Enqueue(TimeProvider.System.GetTimestamp());
        Texts.Enqueue(text);
        lock (Texts)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++running);
        }

        try
        {
            await Work(text, cancellationToken);
        }
        finally
        {
            lock (Texts)
            {
                running--;
            }
        }
    }

    public Task Received(params string[] texts) =>
        Wait.Until(() => Texts.Order(StringComparer.Ordinal).SequenceEqual(texts.Order(StringComparer.Ordinal)));
}
