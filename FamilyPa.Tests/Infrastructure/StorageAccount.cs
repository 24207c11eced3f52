using Azure.Storage.Queues;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A storage account that belongs to one test class: the app's queues are in it and nobody else's messages.</summary>
public sealed record StorageAccount(string ConnectionString)
{
    public QueueClient Queue(string name) => new(ConnectionString, name);
}
