using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Ingestion;

/// <summary>The queue <c>inbound</c>, where verified messages wait for a database that is away.</summary>
/// <remarks>The only queue whose messages are more than ids, because the message is stored nowhere else.</remarks>
public sealed class FallbackQueue(PhaseQueues queues, BlobServiceClient blobs, FallbackSigner signer)
{
    public const string Name = "inbound";

    /// <summary>Why a message goes to poison: it is not in the app's format, or the app did not sign it.</summary>
    public const string Unreadable = "unreadable";

    /// <inheritdoc cref="Unreadable"/>
    public const string Forged = "forged";

    /// <summary>A queue message is limited to 64 KiB, and a form may be that long and hard to compress.</summary>
    private const int LongestText = 60 * 1024;

    /// <summary>Keeps a message; it is safe once this returns.</summary>
    public async Task EnqueueAsync(FallbackMessage message, CancellationToken cancellation)
    {
        message = signer.Sign(message);
        var text = message.ToJson();
        if (text.Length > LongestText)
        {
            await UploadAsync(BlobOf(message), text, cancellation);
            text = (message with { Form = null, IdempotencyToken = null, Mac = null, Blob = BlobOf(message) }).ToJson();
        }

        await SendAsync(text, cancellation);
    }

    /// <returns>The message with its form, or the cause why the body is not one.</returns>
    public async Task<(FallbackMessage? Fallback, InboundMessage? Message, string? Cause)> ReadAsync(string body, CancellationToken cancellation)
    {
        if (await FindAsync(body, cancellation) is not { } fallback)
            return (null, null, Unreadable);
        if (!signer.IsValid(fallback))
            return (null, null, Forged);
        return fallback.TryRead() is { } message ? (fallback, message, null) : (null, null, Unreadable);
    }

    /// <summary>Drops what was kept beside the queue for a message that is now stored; where that cannot be done, the storage account's own lifecycle will.</summary>
    public async Task ForgetAsync(FallbackMessage message, CancellationToken cancellation)
    {
        if (message.Blob is null)
            return;
        try
        {
            await Blob(BlobOf(message)).DeleteIfExistsAsync(cancellationToken: cancellation);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // The message is stored: to take it in again for this would only find a duplicate.
        }
    }

    /// <param name="delay">How long it stays invisible.</param>
    public Task SendAsync(string body, CancellationToken cancellation, TimeSpan? delay = null) => queues.SendAsync(Name, body, delay, cancellation);

    /// <inheritdoc cref="SendAsync"/>
    public Task SendToPoisonAsync(string body, CancellationToken cancellation, TimeSpan? delay = null) =>
        queues.SendAsync($"{Name}-poison", body, delay, cancellation);

    private async Task<FallbackMessage?> FindAsync(string body, CancellationToken cancellation)
    {
        if (FallbackMessage.TryParse(body) is not { Blob: not null } message)
            return FallbackMessage.TryParse(body);
        try
        {
            var content = await Blob(BlobOf(message)).DownloadContentAsync(cancellation);
            return FallbackMessage.TryParse(content.Value.Content.ToString()) is { } whole && whole.MessageSid == message.MessageSid ? whole with { Blob = message.Blob } : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Among the media of its message, and so deleted with them.</summary>
    private static string BlobOf(FallbackMessage message) => $"{message.MessageSid}/fallback";

    private BlobClient Blob(string name) => blobs.GetBlobContainerClient("media").GetBlobClient(name);

    private async Task UploadAsync(string name, string text, CancellationToken cancellation)
    {
        var content = BinaryData.FromString(text);
        try
        {
            await Blob(name).UploadAsync(content, overwrite: true, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await blobs.GetBlobContainerClient("media").CreateIfNotExistsAsync(cancellationToken: cancellation);
            await Blob(name).UploadAsync(content, overwrite: true, cancellation);
        }
    }
}
