using Azure.Storage.Queues.Models;
using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Queues;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Pipeline;

/// <summary>One function per poison queue.</summary>
public sealed class PoisonFunctions(PoisonHandler poison)
{
    [Function("DownloadPoison")]
    public Task Download([QueueTrigger("download-poison")] QueueMessage message, CancellationToken cancellation) =>
        HandleAsync(Phase.Download, message, cancellation);

    [Function("TranscribePoison")]
    public Task Transcribe([QueueTrigger("transcribe-poison")] QueueMessage message, CancellationToken cancellation) =>
        HandleAsync(Phase.Transcribe, message, cancellation);

    [Function("ExtractPoison")]
    public Task Extract([QueueTrigger("extract-poison")] QueueMessage message, CancellationToken cancellation) =>
        HandleAsync(Phase.Extract, message, cancellation);

    [Function("FinalizePoison")]
    public Task Finalize([QueueTrigger("finalize-poison")] QueueMessage message, CancellationToken cancellation) =>
        HandleAsync(Phase.Finalize, message, cancellation);

    private Task HandleAsync(Phase phase, QueueMessage message, CancellationToken cancellation) =>
        poison.HandleAsync(phase, message.MessageId, message.Body.ToString(), message.DequeueCount, cancellation);
}
