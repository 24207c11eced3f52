using System.Buffers;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace FamilyPa.Core.Media;

/// <summary>Writes a blob through a buffer of one megabyte. Until it is committed nothing is to be seen of it, and the service drops what was sent.</summary>
public sealed class MediaWriter : IDisposable
{
    private const int BlockSize = 1 << 20;

    private readonly BlobContainerClient container;
    private readonly BlockBlobClient blob;
    private readonly List<string> blocks = [];
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int filled;
    private bool isSending;

    internal MediaWriter(BlobContainerClient container, BlockBlobClient blob) => (this.container, this.blob) = (container, blob);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            if (filled == BlockSize)
                await StageAsync(cancellation);
            var step = Math.Min(bytes.Length, BlockSize - filled);
            bytes[..step].CopyTo(buffer.AsMemory(filled));
            filled += step;
            bytes = bytes[step..];
        }
    }

    /// <summary>Makes it the blob, in place of any earlier one.</summary>
    public async Task CommitAsync(string contentType, CancellationToken cancellation)
    {
        var headers = new BlobHttpHeaders { ContentType = contentType };
        if (blocks.Count == 0)
        {
            await SendAsync(content => blob.UploadAsync(content, new BlobUploadOptions { HttpHeaders = headers }, cancellation), cancellation);
            return;
        }

        await StageAsync(cancellation);
        await blob.CommitBlockListAsync(blocks, new CommitBlockListOptions { HttpHeaders = headers }, cancellation);
    }

    public void Dispose()
    {
        // An abandoned request may still read this buffer, so it is not returned to the pool.
        if (!isSending)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private async Task StageAsync(CancellationToken cancellation)
    {
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(blocks.Count.ToString("d6", CultureInfo.InvariantCulture)));
        await SendAsync(content => blob.StageBlockAsync(id, content, cancellationToken: cancellation), cancellation);
        blocks.Add(id);
        filled = 0;
    }

    private async Task SendAsync(Func<Stream, Task> send, CancellationToken cancellation)
    {
        isSending = true;
        try
        {
            await send(new MemoryStream(buffer, 0, filled, writable: false));
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Deployment creates it; one that is missing must not cost a message.
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await send(new MemoryStream(buffer, 0, filled, writable: false));
        }

        isSending = false;
    }
}
