using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using FunctionsRuntime.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Queues;

/// <summary>Polls one queue for one function.</summary>
/// <param name="maxPollingInterval">The longest wait before the empty queue is looked at again.</param>
internal sealed partial class QueueListener(
    QueueClient queue, MessageProcessor processor, QueueSettings queues, TimeSpan maxPollingInterval, RuntimeSettings runtime, InFlightJournal? journal, ILogger logger)
    : IDisposable
{
    private readonly SemaphoreSlim wake = new(0, 1);
    private QueueState state;

    public QueueClient Queue => queue;

    /// <summary>Ends the wait for the next look at an empty queue.</summary>
    public void Wake()
    {
        lock (wake)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }

    /// <summary>Runs until stopped and the messages in flight have ended. Their functions are told by the same token.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var delay = new PollingDelay(maxPollingInterval);
        var inFlight = new List<Task>();
        var found = false;
        while (!stopping.IsCancellationRequested)
        {
            var batch = await ReceiveAsync();
            if (batch.Length == 0)
            {
                await IdleAsync(delay.Next(found), stopping);
                found = false;
                continue;
            }

            found = true;
            // All are held before the first runs, so that none is forgotten if that one kills the process.
            var leases = Array.ConvertAll(batch, message => new MessageLease(queue, message, runtime, journal, logger));
            inFlight.AddRange(leases.Select(lease => Task.Run(() => Process(lease, stopping), CancellationToken.None)));
            inFlight.RemoveAll(task => task.IsCompleted);
            while (inFlight.Count > queues.NewBatchThreshold)
            {
                await Task.WhenAny(inFlight);
                inFlight.RemoveAll(task => task.IsCompleted);
            }
        }

        await Task.WhenAll(inFlight);
    }

    public void Dispose() => wake.Dispose();

    /// <summary>A message that arrived together with the order to stop goes back unseen.</summary>
    private async Task Process(MessageLease lease, CancellationToken stopping)
    {
        if (!stopping.IsCancellationRequested)
        {
            await processor.ProcessAsync(lease, stopping);
            return;
        }

        await using (lease)
        {
            await lease.ReleaseAsync(TimeSpan.Zero);
        }
    }

    /// <summary>Never cancelled: a message received by a call that was cut off would stay hidden.</summary>
    private async Task<QueueMessage[]> ReceiveAsync()
    {
        try
        {
            QueueMessage[] batch = await queue.ReceiveMessagesAsync(queues.BatchSize, runtime.FirstHide);
            state = QueueState.Read;
            return batch;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // Not created yet. The platform waits for it too.
            if (Became(QueueState.Missing))
                NotThere(logger, queue.Name);

            return [];
        }
        catch (Exception exception)
        {
            if (Became(QueueState.Failing))
                NotRead(logger, exception, queue.Name);

            return [];
        }
    }

    /// <summary>Says a thing once, not with every poll.</summary>
    private bool Became(QueueState now)
    {
        var changed = state != now;
        state = now;
        return changed;
    }

    private async Task IdleAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await wake.WaitAsync(delay, stopping);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Queue} does not exist; waiting for it")]
    private static partial void NotThere(ILogger logger, string queue);

    [LoggerMessage(2, LogLevel.Warning, "{Queue} cannot be read; trying on, saying no more until it can")]
    private static partial void NotRead(ILogger logger, Exception exception, string queue);

    private enum QueueState
    {
        Read,
        Missing,
        Failing,
    }
}
