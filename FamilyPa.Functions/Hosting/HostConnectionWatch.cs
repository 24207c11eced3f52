using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FamilyPa.Functions.Hosting;

/// <summary>Ends this process when the Functions host is gone: the worker SDK goes on without it, and timers of ours would run beside those of the next worker.</summary>
/// <remarks>
/// One connection to the host's gRPC endpoint is held open, and nothing is sent on it. It breaks when the host dies. A host that only closes it, as it
/// does with idle connections after some minutes, takes the next one.
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
                // The host closed the connection and still answers.
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        // What is in hand may end; a call that waits for the host never does.
        _ = Task.Delay(Grace, CancellationToken.None).ContinueWith(_ => Environment.Exit(1), TaskScheduler.Default);
        lifetime.StopApplication();
    }

    /// <summary>False: nothing listens there any more.</summary>
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
                // The server's settings, which it sends unasked.
            }
        }
        catch (SocketException)
        {
            // Broken; whether the host is gone shows at the next try.
        }

        return true;
    }
}
