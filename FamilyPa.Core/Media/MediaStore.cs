using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace FamilyPa.Core.Media;

/// <summary>Recordings and pictures in Blob storage: in the container <c>media</c>, each as <c>{messageSid}/{ordinal}</c>.</summary>
public sealed class MediaStore(BlobServiceClient service)
{
    private const int ReadBuffer = 1 << 20;

    private readonly BlobContainerClient container = service.GetBlobContainerClient("media");

    public static string BlobName(string messageSid, int ordinal) => $"{messageSid}/{ordinal}";

    /// <summary>A seekable stream that holds one megabyte of the blob at a time.</summary>
    /// <exception cref="RequestFailedException">There is no such blob (404), or storage cannot be reached.</exception>
    public Task<Stream> OpenAsync(string blobName, CancellationToken cancellation) =>
        container.GetBlobClient(blobName).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = ReadBuffer }, cancellation);

    /// <returns>The whole blob; null when there is none.</returns>
    /// <exception cref="RequestFailedException">Storage cannot be reached.</exception>
    public async Task<BinaryData?> ReadAsync(string blobName, CancellationToken cancellation)
    {
        try
        {
            return (await container.GetBlobClient(blobName).DownloadContentAsync(cancellation)).Value.Content;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Begins a blob, or another version of it; it is there once it is committed.</summary>
    public MediaWriter Write(string blobName) => new(container, container.GetBlockBlobClient(blobName));

    /// <summary>Deletes a blob, or finds it gone.</summary>
    public Task DeleteAsync(string blobName, CancellationToken cancellation) =>
        container.DeleteBlobIfExistsAsync(blobName, cancellationToken: cancellation);

    /// <summary>Deletes everything that was kept of a message, also what no row knows of.</summary>
    public async Task DeleteAllAsync(string messageSid, CancellationToken cancellation)
    {
        try
        {
            // Listed before anything is deleted: a listing does not stand still.
            var names = new List<string>();
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{messageSid}/", cancellation))
                names.Add(blob.Name);
            foreach (var name in names)
                await DeleteAsync(name, cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Nothing was ever kept.
        }
    }
}
