using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Queues;

public static class QueueServices
{
    public static IServiceCollection AddQueues(this IServiceCollection services) => services
        .AddSingleton(provider => CreateClient(provider.GetRequiredService<IConfiguration>()))
        .AddSingleton(provider => CreateBlobClient(provider.GetRequiredService<IConfiguration>()))
        .AddSingleton<PhaseQueues>()
        .AddSingleton<SpillQueue>();

    /// <summary>Reads <c>AzureWebJobsStorage</c> as the platform does: a connection string, or the account of an identity-based connection.</summary>
    private static QueueServiceClient CreateClient(IConfiguration configuration)
    {
        // The functions' listeners read plain text (host.json: messageEncoding none), so plain text is sent.
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        Hurry(options);
        return configuration["AzureWebJobsStorage"] is { Length: > 0 } connectionString
            ? new QueueServiceClient(connectionString, options)
            : new QueueServiceClient(Address(configuration, "queue"), Credential(configuration), options);
    }

    /// <inheritdoc cref="CreateClient"/>
    private static BlobServiceClient CreateBlobClient(IConfiguration configuration)
    {
        var options = new BlobClientOptions();
        Hurry(options);
        return configuration["AzureWebJobsStorage"] is { Length: > 0 } connectionString
            ? new BlobServiceClient(connectionString, options)
            : new BlobServiceClient(Address(configuration, "blob"), Credential(configuration), options);
    }

    private static void Hurry(ClientOptions options)
    {
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Retry.MaxRetries = 2;
        options.Diagnostics.IsLoggingEnabled = false;
    }

    private static Uri Address(IConfiguration configuration, string service)
    {
        var section = configuration.GetSection("AzureWebJobsStorage");
        return new Uri(section[$"{service}ServiceUri"] ?? $"https://{section["accountName"]}.{service}.core.windows.net");
    }

    private static DefaultAzureCredential Credential(IConfiguration configuration) =>
        new(new DefaultAzureCredentialOptions { ManagedIdentityClientId = configuration.GetSection("AzureWebJobsStorage")["clientId"] });
}
