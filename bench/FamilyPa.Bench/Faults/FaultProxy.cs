using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Bench.Faults;

/// <summary>
/// A proxy between the app and a server on this machine that injects faults at random, by seed. An exchange is a request and its response in any protocol.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly IPEndPoint target;
    private readonly Random chance;
    private readonly Task accepting;
    private long exchanges;
    private long struck;

    /// <param name="seed">Determines which exchanges fail, by their order, and how.</param>
    public FaultProxy(int targetPort, int seed)
    {
        target = new IPEndPoint(IPAddress.Loopback, targetPort);
        chance = new Random(seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Probability of a fault per exchange, 0 to 1.</summary>
    public double Probability { get; set; }

    /// <summary>Simulates an outage: new connections are closed at once, and every exchange cuts its connection.</summary>
    public bool IsRefusing { get; set; }

    public long Exchanges => Interlocked.Read(ref exchanges);

    public long Struck => Interlocked.Read(ref struck);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Dispose();
        stopping.Dispose();
    }

    /// <summary>The fault of an exchange that begins now, and the duration of a stall.</summary>
    internal (Strike Strike, TimeSpan Stall) Next()
    {
        Interlocked.Increment(ref exchanges);
        if (IsRefusing)
            return (Strike.CutBefore, default);
        lock (chance)
        {
            if (chance.NextDouble() >= Probability)
                return (Strike.None, default);
            Interlocked.Increment(ref struck);
            return ((Strike)chance.Next(1, 4), TimeSpan.FromMilliseconds(chance.Next(100, 1500)));
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptSocketAsync(stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            if (IsRefusing)
                return;
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(target, stopping.Token);
                await new FaultyConnection(this, client, server).RunAsync(stopping.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One or both sides have closed.
            }
        }
    }
}

/// <summary>Cut before the request arrives; cut after it, so that the response is lost; delay.</summary>
internal enum Strike { None, CutBefore, CutAfter, Stall }
