using System.IO.Compression;
using System.Text;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.AppInsights;

/// <summary>Application Insights' ingestion endpoint, as an app sees it: <c>POST /v2.1/track</c> takes envelopes as lines of JSON.</summary>
public sealed class IngestionSimulator : IAsyncDisposable
{
    private readonly Recorder<TelemetryItem> items = new(200_000);
    private readonly Recorder<string> bodies = new();
    private LoopbackServer? server;

    private IngestionSimulator() { }

    /// <summary>What <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set to.</summary>
    public string ConnectionString => $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={server!.BaseUrl}/;LiveEndpoint={server.BaseUrl}/";

    public IReadOnlyList<TelemetryItem> Items => items.Snapshot();

    /// <summary>Everything that was ever received, headers and bodies, unpacked.</summary>
    public string Received => string.Join('\n', bodies.Snapshot());

    public static async Task<IngestionSimulator> StartAsync()
    {
        var simulator = new IngestionSimulator();
        simulator.server = await LoopbackServer.StartAsync(app => app.Run(simulator.IngestAsync));
        return simulator;
    }

    public Task<TelemetryItem> WaitForAsync(Func<TelemetryItem, bool> predicate, TimeSpan timeout, string what) => items.WaitForAsync(predicate, timeout, what);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }

    private async Task IngestAsync(HttpContext http)
    {
        var body = await ReadAsync(http.Request);
        bodies.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{string.Join('\n', http.Request.Headers)}\n{body}");
        if (http.Request.Path != "/v2.1/track")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
            items.Add(TelemetryItem.Parse(line));
        await http.Response.WriteAsJsonAsync(new { itemsReceived = lines.Length, itemsAccepted = lines.Length, errors = Array.Empty<object>() });
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        var isPacked = request.Headers.ContentEncoding == "gzip";
        await using var body = isPacked ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        using var reader = new StreamReader(body, Encoding.UTF8);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }
}
