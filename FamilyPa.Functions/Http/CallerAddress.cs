using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

internal static class CallerAddress
{
    /// <summary>The caller as the platform names it: the connection's own peer is the Functions host.</summary>
    /// <remarks>
    /// App Service's front end writes <c>Client-IP</c> itself, with the caller's port, whatever the caller put there. All other headers of that kind
    /// are the caller's own words: <c>X-Azure-ClientIP</c> is Front Door's, and we are behind none.
    /// </remarks>
    private static string Of(HttpContext http) => IPEndPoint.TryParse(http.Request.Headers["Client-IP"].ToString(), out var caller)
        ? caller.Address.ToString()
        : http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>What callers are counted by: of IPv6, of which one household has 2^64 addresses, the network.</summary>
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
