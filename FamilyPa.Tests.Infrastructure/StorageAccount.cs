using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A storage account of one test class, with the app's queues.</summary>
public sealed record StorageAccount(string ConnectionString)
{
    public QueueClient Queue(string name) => new(ConnectionString, name);

    /// <summary>Deletes all blobs, but keeps the containers.</summary>
    public async Task ClearBlobsAsync()
    {
        await foreach (var container in new BlobServiceClient(ConnectionString).GetBlobContainersAsync())
        {
            var blobs = new BlobContainerClient(ConnectionString, container.Name);
            await foreach (var blob in blobs.GetBlobsAsync())
                await blobs.DeleteBlobIfExistsAsync(blob.Name);
        }
    }
}
