using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Local.Processes;

/// <summary>A reserved port on 127.0.0.1.</summary>
/// <param name="listener">Listens, because several sockets that only bind may share a port.</param>
public sealed class LoopbackPort(TcpListener listener) : IDisposable
{
    public int Number => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Reserves the wanted port, or another one when it is in use.</summary>
    public static LoopbackPort Hold(int wanted) => TryHold(wanted) ?? TryHold(0)!;

    /// <summary>A port that was free a moment ago. Another process may take it before the caller does.</summary>
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
