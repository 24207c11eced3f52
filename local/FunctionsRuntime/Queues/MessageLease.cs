using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using FunctionsRuntime.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Queues;

/// <summary>
/// The hold on one message while its function runs: noted in the journal, renewed half-way before it would show again.
/// Every change of it goes through here, for each gives the message a new receipt.
/// </summary>
internal sealed partial class MessageLease : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly RuntimeSettings settings;
    private readonly InFlightJournal? journal;
    private readonly ILogger logger;
    private readonly Timer renewal;
    private readonly SemaphoreSlim turn = new(1, 1);
    private string receipt;
    private int slot;
    private bool stopped;

    public MessageLease(QueueClient queue, QueueMessage message, RuntimeSettings settings, InFlightJournal? journal, ILogger logger)
    {
        this.queue = queue;
        this.message = message;
        this.settings = settings;
        this.journal = journal;
        this.logger = logger;
        receipt = message.PopReceipt;
        slot = Note();
        renewal = new Timer(static lease => ((MessageLease)lease!).Renew(), this, settings.FirstHide / 2, settings.InFlightHide / 2);
    }

    public QueueMessage Message => message;

    /// <summary>Ends the hold with the message gone.</summary>
    public Task DeleteAsync() => End(() => queue.DeleteMessageAsync(message.MessageId, receipt));

    /// <summary>Ends the hold; the message shows again after the delay.</summary>
    public Task ReleaseAsync(TimeSpan delay) =>
        End(() => queue.UpdateMessageAsync(message.MessageId, receipt, messageText: null, delay));

    public async ValueTask DisposeAsync()
    {
        await StopRenewing();
        journal?.Leave(slot);
        turn.Dispose();
    }

    private async Task End(Func<Task> change)
    {
        await StopRenewing();
        try
        {
            await change();
        }
        catch (RequestFailedException exception) when (exception.Status is 400 or 404)
        {
            // Another receipt rules, or the message or its queue is gone: it is somebody else's now.
            Lost(logger, queue.Name, message.MessageId);
        }
    }

    private async Task StopRenewing()
    {
        if (!stopped)
        {
            await renewal.DisposeAsync();
            await turn.WaitAsync();
            stopped = true;
            turn.Release();
        }
    }

    private async void Renew()
    {
        try
        {
            await turn.WaitAsync();
            try
            {
                if (!stopped)
                {
                    var update = await queue.UpdateMessageAsync(message.MessageId, receipt, messageText: null, settings.InFlightHide);
                    receipt = update.Value.PopReceipt;
                    journal?.Leave(slot);
                    slot = Note();
                }
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception exception)
        {
            NotRenewed(logger, exception, queue.Name, message.MessageId);
        }
    }

    private int Note() => journal?.Enter(new InFlightJournal.Entry(queue.Name, message.MessageId, receipt)) ?? -1;

    [LoggerMessage(1, LogLevel.Debug, "{Queue}: message {MessageId} is no longer held here")]
    private static partial void Lost(ILogger logger, string queue, string messageId);

    [LoggerMessage(2, LogLevel.Warning, "{Queue}: the hold on message {MessageId} could not be renewed")]
    private static partial void NotRenewed(ILogger logger, Exception exception, string queue, string messageId);
}
