namespace FamilyPa.Core.Settings;

/// <summary>Parses a setting that lists hosts.</summary>
public static class HostList
{
    /// <summary>Reads <c>host[:port], …</c>. Loopback hosts get the scheme http, all others https.</summary>
    /// <exception cref="FormatException">An entry is not a host with an optional port.</exception>
    public static IEnumerable<Uri> Parse(string? hosts) =>
        (hosts ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(host =>
        {
            if (!Uri.TryCreate($"https://{host}", UriKind.Absolute, out var origin) || origin is not { UserInfo: "", PathAndQuery: "/", Fragment: "" })
                throw new FormatException("Not a host with an optional port.");
            return origin.IsLoopback ? new Uri($"http://{host}") : origin;
        });
}
