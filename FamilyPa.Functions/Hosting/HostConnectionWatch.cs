using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FamilyPa.Functions.Hosting;

/// <summary>Ends this process when the Functions host dies. The worker SDK would keep running, with timers that compete with those of the next worker.</summary>
/// <remarks>
/// It holds an idle connection to the host's gRPC endpoint, which breaks when the host dies. A running host also closes idle connections
/// after some minutes, but then accepts a new one.
/// </remarks>
internal sealed class HostConnectionWatch(IConfiguration configuration, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Uri.TryCreate(configuration["Functions:Worker:HostEndpoint"], UriKind.Absolute, out var host))
            return;
        try
        {
            while (await ConnectAndWaitAsync(host, stoppingToken))
            {
                // The host closed the idle connection, but still listens.
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        // Calls in progress may finish within the grace period. A call that waits for the host would never end.
        _ = Task.Delay(Grace, CancellationToken.None).ContinueWith(_ => Environment.Exit(1), TaskScheduler.Default);
        lifetime.StopApplication();
    }

    /// <returns>False when nothing listens any more.</returns>
    private static async Task<bool> ConnectAndWaitAsync(Uri host, CancellationToken stopping)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host.Host, host.Port, stopping);
        }
        catch (SocketException)
        {
            return false;
        }

        try
        {
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer, stopping) > 0)
            {
                // Ignore the HTTP/2 settings that the server sends.
            }
        }
        catch (SocketException)
        {
            // The connection broke. The next connect shows whether the host still runs.
        }

        return true;
    }
}
