using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace FamilyPa.Core.Storage;

/// <summary>Reads <c>AzureWebJobsStorage</c> as the platform does: a connection string, or the settings of an identity-based connection.</summary>
internal static class StorageConnection
{
    /// <param name="service"><c>queue</c> or <c>blob</c>.</param>
    public static T Open<T>(IConfiguration configuration, string service, Func<string, T> byKey, Func<Uri, TokenCredential, T> byIdentity)
    {
        if (configuration["AzureWebJobsStorage"] is { Length: > 0 } connectionString)
            return byKey(connectionString);

        var section = configuration.GetSection("AzureWebJobsStorage");
        var address = section[$"{service}ServiceUri"] ?? $"https://{section["accountName"]}.{service}.core.windows.net";
        return byIdentity(
            new Uri(address), new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = section["clientId"] }));
    }
}
