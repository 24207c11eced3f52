using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Local.Processes;

/// <summary>Ports on 127.0.0.1.</summary>
public static class LoopbackPort
{
    /// <summary>One that nobody held a moment ago; whoever binds it must be ready to find it taken.</summary>
    public static int Free() => TryBind(0)!.Value;

    public static bool IsFree(int port) => TryBind(port) is not null;

    private static int? TryBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
