using Azure;
using Azure.Storage.Queues;
using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Queues;

/// <summary>The listeners of all queue functions.</summary>
internal sealed class QueueListeners(
    IReadOnlyList<QueueSubscription> subscriptions, QueueSettings queues, RuntimeSettings runtime, FunctionRunner runner, ILoggerFactory loggers)
    : IDisposable
{
    private const string PoisonSuffix = "-poison";
    private const int MaxNameLength = 63;

    private readonly QueueClients clients = new();
    private readonly List<QueueListener> listeners = [];
    private readonly InFlightJournal? journal = subscriptions.Count > 0 ? InFlightJournal.Open(runtime.StateDirectory) : null;

    public async Task RunAsync(CancellationToken stopping)
    {
        // Only here and not at the start of the app: the storage client is slow to load.
        listeners.AddRange(subscriptions.Select(Create));
        using var own = new OwnMessages((queue, hidden) => _ = WakeAsync(queue, hidden, stopping));
        own.Listen();
        // Side by side: what cannot be given back at once must not keep the rest from being worked on.
        await Task.WhenAll([GiveBack(), .. listeners.Select(listener => listener.RunAsync(stopping))]);
    }

    public void Dispose()
    {
        listeners.ForEach(listener => listener.Dispose());
        journal?.Dispose();
        clients.Dispose();
    }

    private QueueListener Create(QueueSubscription subscription)
    {
        var (function, name, connectionString) = subscription;
        var service = clients.Connect(connectionString);
        var logger = loggers.CreateLogger($"Host.Queues.{function.Name}");
        var processor = new MessageProcessor(function, name, PoisonOf(service, name), queues, runtime, runner, logger);
        return new QueueListener(service.GetQueueClient(name), processor, queues, LongestWait(name), runtime, journal, logger);
    }

    /// <summary>Shows the messages again that a killed process was working on.</summary>
    private Task GiveBack() => Task.WhenAll((journal?.Left ?? []).Select(async note =>
    {
        try
        {
            if (listeners.Find(listener => listener.Queue.Name == note.Entry.Queue) is { } listener)
                await listener.Queue.UpdateMessageAsync(note.Entry.MessageId, note.Entry.PopReceipt, messageText: null, TimeSpan.Zero);
        }
        catch (RequestFailedException)
        {
            // Done before the end after all, or held by somebody else.
        }

        journal!.Leave(note.Slot);
    }));

    /// <summary>We fill the poison queues ourselves; only what others put there waits for the next look.</summary>
    private TimeSpan LongestWait(string name) => queues.MaxPollingInterval * (IsPoison(name) ? 8 : 1);

    private static bool IsPoison(string name) => name.EndsWith(PoisonSuffix, StringComparison.Ordinal);

    private static QueueClient? PoisonOf(QueueServiceClient service, string name) =>
        IsPoison(name) || name.Length + PoisonSuffix.Length > MaxNameLength
            ? null
            : service.GetQueueClient(name + PoisonSuffix);

    private async Task WakeAsync(Uri queue, TimeSpan hidden, CancellationToken stopping)
    {
        if (hidden > TimeSpan.Zero)
            await Task.Delay(hidden, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var listener in listeners.Where(listener => !stopping.IsCancellationRequested && listener.Queue.Uri == queue))
            listener.Wake();
    }
}
