using Azure.Storage.Queues;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Queues;

public static class QueueServices
{
    public static IServiceCollection AddQueues(this IServiceCollection services) => services
        .AddSingleton(provider => CreateClient(provider.GetRequiredService<IConfiguration>()))
        .AddSingleton<PhaseQueues>();

    private static QueueServiceClient CreateClient(IConfiguration configuration)
    {
        // The listeners read plain text (host.json: messageEncoding none).
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Retry.MaxRetries = 2;
        options.Diagnostics.IsLoggingEnabled = false;
        return StorageConnection.Open(
            configuration, "queue", connection => new QueueServiceClient(connection, options), (address, credential) => new QueueServiceClient(address, credential, options));
    }
}
