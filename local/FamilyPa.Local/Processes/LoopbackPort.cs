using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Local.Processes;

/// <summary>A port on 127.0.0.1 that nobody else gets until it is let go.</summary>
public sealed class LoopbackPort : IDisposable
{
    // Listening, not just bound: two that only bind may have the same one.
    private readonly TcpListener listener;

    private LoopbackPort(TcpListener listener) => this.listener = listener;

    public int Number => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>This one, or any other where somebody has it.</summary>
    public static LoopbackPort Hold(int wanted) => TryHold(wanted) ?? TryHold(0)!;

    /// <summary>One that nobody held a moment ago; whoever binds it must be ready to find it taken.</summary>
    public static int Free()
    {
        using var port = Hold(0);
        return port.Number;
    }

    public static bool IsFree(int number)
    {
        using var port = TryHold(number);
        return port is not null;
    }

    public void Dispose() => listener.Dispose();

    private static LoopbackPort? TryHold(int number)
    {
        var listener = new TcpListener(IPAddress.Loopback, number);
        try
        {
            listener.Start();
            return new LoopbackPort(listener);
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
