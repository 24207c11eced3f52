using System.Net;
using System.Net.Sockets;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.Http;

/// <summary>Determines by which networks a caller is counted.</summary>
public sealed class CallerAddress(IOptions<AppSettings> settings)
{
    /// <summary>A provider assigns a /48 to a site, which has 65,536 networks of 64 bits.</summary>
    private const int SiteFactor = 10;

    /// <returns>The IPv4 address; of an IPv6 address the /64, because a household has 2^64 addresses, and then the /48.</returns>
    public IReadOnlyList<CallerNetwork> NetworksOf(HttpContext http)
    {
        if (Of(http) is not { } address)
            return [new CallerNetwork("unknown", 1)];
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? [new CallerNetwork(Network(address, 64), 1), new CallerNetwork(Network(address, 48), SiteFactor)]
            : [new CallerNetwork(address.ToString(), 1)];
    }

    /// <summary>The last address in the header that the trusted front end sets, with or without a port; else the connection's peer.</summary>
    private IPAddress? Of(HttpContext http) =>
        settings.Value.ClientAddressHeader is { Length: > 0 } header
        && http.Request.Headers[header].ToString().Split(',')[^1].Trim() is var last && IPEndPoint.TryParse(last, out var caller)
            ? caller.Address
            : http.Connection.RemoteIpAddress;

    private static string Network(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
