using Azure.Identity;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Queues;

public static class QueueServices
{
    public static IServiceCollection AddQueues(this IServiceCollection services) => services
        .AddSingleton(provider => CreateClient(provider.GetRequiredService<IConfiguration>()))
        .AddSingleton<PhaseQueues>();

    /// <summary>Reads <c>AzureWebJobsStorage</c> as the platform does: a connection string, or the account of an identity-based connection.</summary>
    private static QueueServiceClient CreateClient(IConfiguration configuration)
    {
        // The functions' listeners read plain text (host.json: messageEncoding none), so plain text is sent.
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Retry.MaxRetries = 2;
        options.Diagnostics.IsLoggingEnabled = false;

        if (configuration["AzureWebJobsStorage"] is { Length: > 0 } connectionString)
            return new QueueServiceClient(connectionString, options);

        var section = configuration.GetSection("AzureWebJobsStorage");
        var address = section["queueServiceUri"] ?? $"https://{section["accountName"]}.queue.core.windows.net";
        return new QueueServiceClient(
            new Uri(address),
            new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = section["clientId"] }),
            options);
    }
}
