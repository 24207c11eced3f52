using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Bench.Faults;

/// <summary>
/// Stands between the app and a server on this machine, and breaks what goes through: with a chance for each exchange (a request and its
/// answer, whatever the protocol), by seed.
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

    /// <param name="seed">Decides, by their order, which exchanges are struck and how.</param>
    public FaultProxy(int targetPort, int seed)
    {
        target = new IPEndPoint(IPAddress.Loopback, targetPort);
        chance = new Random(seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Of each exchange to be struck, 0 to 1.</summary>
    public double Probability { get; set; }

    /// <summary>Nobody is at home: every connection is closed at once, and every exchange breaks its own.</summary>
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

    /// <summary>What happens to an exchange that begins now, and for how long a stall holds it.</summary>
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
            // The run is over.
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
                // One side is gone, or both.
            }
        }
    }
}

/// <summary>Cut before the request gets through; cut after it did, its answer lost; held up.</summary>
internal enum Strike { None, CutBefore, CutAfter, Stall }
