using System.Collections.Concurrent;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Queues;

/// <summary>Queue clients of the host itself. The app sees none of their traffic: no traces, no logs.</summary>
internal sealed class QueueClients(IConfiguration configuration) : IDisposable
{
    /// <param name="connection">The setting that holds the connection string.</param>
    public QueueServiceClient Connect(string? connection) => clients.GetOrAdd(connection ?? "AzureWebJobsStorage", Create);

    public void Dispose() => http.Dispose();

    private QueueServiceClient Create(string setting)
    {
        var connectionString = configuration[setting] ?? configuration["AzureWebJobs" + setting] ?? configuration.GetConnectionString(setting);
        if (string.IsNullOrEmpty(connectionString))
        {
            throw new InvalidOperationException($"The queue functions need the setting '{setting}', a storage connection string.");
        }

        // Messages are read raw; what they mean is the listener's business, as it must see what cannot be decoded.
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None, Transport = new HttpClientTransport(http) };
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Retry.MaxRetries = 2;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
        return new QueueServiceClient(connectionString, options);
    }

    // Without a propagator the handler makes no activities either.
    private readonly HttpClient http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false, UseProxy = false });
    private readonly ConcurrentDictionary<string, QueueServiceClient> clients = new();
}
