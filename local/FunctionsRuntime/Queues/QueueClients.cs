using Azure.Core.Pipeline;
using Azure.Storage.Queues;

namespace FunctionsRuntime.Queues;

/// <summary>Queue clients of the host itself. The app sees none of their traffic: no traces, no logs.</summary>
internal sealed class QueueClients : IDisposable
{
    // Without a propagator the handler makes no activities either.
    private readonly HttpClient http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false, UseProxy = false });
    private readonly Dictionary<string, QueueServiceClient> clients = [];

    public QueueServiceClient Connect(string connectionString)
    {
        if (!clients.TryGetValue(connectionString, out var client))
            clients[connectionString] = client = Create(connectionString);

        return client;
    }

    public void Dispose() => http.Dispose();

    private QueueServiceClient Create(string connectionString)
    {
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
}
