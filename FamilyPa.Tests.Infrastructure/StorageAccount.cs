using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A storage account that belongs to one test class: the app's queues are in it and nobody else's messages.</summary>
public sealed record StorageAccount(string ConnectionString)
{
    public QueueClient Queue(string name) => new(ConnectionString, name);

    /// <summary>The containers stay.</summary>
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
