using Azure.Storage.Queues;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <summary>One storage account for the tests of a class, and in it a queue of its own for each test.</summary>
public sealed class QueueWorld(TestEnvironment environment) : IAsyncLifetime
{
    private const string QueueSection = "AzureFunctionsJobHost:extensions:queues:";

    private StorageAccount? account;

    public async ValueTask InitializeAsync() => account = await environment.TakeStorageAccountAsync();

    public ValueTask DisposeAsync() => default;

    /// <summary>A queue that does not exist yet.</summary>
    public QueueClient NewQueue(string suffix = "") => account!.Queue($"q{Guid.NewGuid():N}{suffix}");

    public async Task<QueueClient> CreateQueueAsync(string suffix = "")
    {
        var queue = NewQueue(suffix);
        await queue.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        return queue;
    }

    public QueueClient PoisonOf(QueueClient queue) => account!.Queue(queue.Name + "-poison");

    /// <summary>The settings of a host whose functions listen to <c>%Queue%</c>; queue settings come as they stand in host.json.</summary>
    internal Action<FunctionsApplicationBuilder> Listen(QueueClient queue, params (string Name, string Value)[] settings) => builder =>
        builder.Configuration
            .AddInMemoryCollection([
                new("AzureWebJobsStorage", account!.ConnectionString),
                new("Queue", queue.Name),
                new(QueueSection + "maxPollingInterval", "00:00:00.100"),
            ])
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(
                char.IsUpper(setting.Name[0]) ? setting.Name : QueueSection + setting.Name, (string?)setting.Value)));
}
