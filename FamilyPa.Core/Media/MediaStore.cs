using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace FamilyPa.Core.Media;

/// <summary>Attachments in Blob storage: container <c>media</c>, blobs <c>{messageSid}/{ordinal}</c>.</summary>
public sealed class MediaStore(BlobServiceClient service)
{
    private readonly BlobContainerClient container = service.GetBlobContainerClient("media");

    /// <summary>Deletes everything that is kept of a message; done when there is nothing.</summary>
    /// <exception cref="RequestFailedException">The storage is away, or some of it is left.</exception>
    public async Task DeleteAllAsync(string messageSid, CancellationToken cancellation)
    {
        try
        {
            var names = new List<string>();
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{messageSid}/", cancellation))
                names.Add(blob.Name);
            foreach (var name in names)
                await container.DeleteBlobIfExistsAsync(name, cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Nothing was ever kept.
        }
    }
}
