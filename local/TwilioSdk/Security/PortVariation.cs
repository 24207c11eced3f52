namespace Twilio.Security;

/// <summary>
/// The other way to write a URL's port. A port that is not the scheme's own is dropped; otherwise the scheme's own is written out,
/// whether it was there or not. Host and scheme keep the case they came in, for they were signed so.
/// </summary>
internal static class PortVariation
{
    public static string Of(string url)
    {
        var uri = new Uri(url);
        var builder = new UriBuilder(uri);
        if (!uri.IsDefaultPort)
            builder.Port = -1;

        return builder.ToString()
            .Replace(uri.Host, AsGiven(url, uri.Host), StringComparison.Ordinal)
            .Replace(uri.Scheme, AsGiven(url, uri.Scheme), StringComparison.Ordinal);
    }

    private static string AsGiven(string url, string part) =>
        url.Substring(url.IndexOf(part, StringComparison.OrdinalIgnoreCase), part.Length);
}
