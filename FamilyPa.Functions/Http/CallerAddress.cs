using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

internal static class CallerAddress
{
    /// <summary>The client's address, according to the platform. The connection's own peer is the Functions host.</summary>
    /// <remarks>
    /// App Service's front end sets <c>Client-IP</c> with the client's port and overwrites any value from the client. Other such headers are untrusted:
    /// <c>X-Azure-ClientIP</c> is set by Front Door, which this app does not use.
    /// </remarks>
    private static string Of(HttpContext http) => IPEndPoint.TryParse(http.Request.Headers["Client-IP"].ToString(), out var caller)
        ? caller.Address.ToString()
        : http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>The key for rate limits: the IPv4 address, or the IPv6 /64 network, because a household has 2^64 IPv6 addresses.</summary>
    public static string NetworkOf(HttpContext http)
    {
        var text = Of(http);
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return text;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
