using Azure;
using Azure.Storage.Queues;
using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Queues;

/// <summary>The listeners of all queue functions.</summary>
internal sealed class QueueListeners : IDisposable
{
    public QueueListeners(
        FunctionCatalog catalog, HostJson hostJson, IConfiguration configuration, RuntimeSettings runtime, FunctionRunner runner, ILoggerFactory loggers)
    {
        var triggers = catalog.TriggeredBy<QueueTriggerAttribute>().ToList();
        clients = new QueueClients(configuration);
        if (triggers.Count == 0)
        {
            return;
        }

        var queues = new QueueSettings(hostJson.Settings);
        journal = InFlightJournal.Open(runtime.StateDirectory);
        foreach (var (function, trigger) in triggers)
        {
            var name = SettingNames.Resolve(trigger.QueueName, configuration, function.Name);
            var service = clients.Connect(trigger.Connection);
            var logger = loggers.CreateLogger($"Host.Queues.{function.Name}");
            var processor = new MessageProcessor(function, PoisonOf(service, name), queues, runtime, runner, Wake, logger);
            listeners.Add(new QueueListener(service.GetQueueClient(name), processor, queues, runtime, journal, logger));
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        await GiveBack();
        await Task.WhenAll(listeners.Select(listener => listener.RunAsync(stopping)));
    }

    public void Dispose()
    {
        listeners.ForEach(listener => listener.Dispose());
        journal?.Dispose();
        clients.Dispose();
    }

    /// <summary>Shows the messages again that a killed process was working on.</summary>
    private Task GiveBack() => Task.WhenAll((journal?.Left ?? []).Select(async note =>
    {
        try
        {
            if (listeners.Find(listener => listener.Queue.Name == note.Entry.Queue) is { } listener)
            {
                await listener.Queue.UpdateMessageAsync(note.Entry.MessageId, note.Entry.PopReceipt, messageText: null, TimeSpan.Zero);
            }
        }
        catch (RequestFailedException)
        {
            // Done before the end after all, or held by somebody else.
        }

        journal!.Leave(note.Slot);
    }));

    private static QueueClient? PoisonOf(QueueServiceClient service, string name) =>
        name.EndsWith(PoisonSuffix, StringComparison.Ordinal) || name.Length + PoisonSuffix.Length > 63 ? null : service.GetQueueClient(name + PoisonSuffix);

    private void Wake(string queue)
    {
        foreach (var listener in listeners.Where(listener => listener.Queue.Name == queue))
        {
            listener.Wake();
        }
    }

    private const string PoisonSuffix = "-poison";

    private readonly QueueClients clients;
    private readonly List<QueueListener> listeners = [];
    private readonly InFlightJournal? journal;
}
