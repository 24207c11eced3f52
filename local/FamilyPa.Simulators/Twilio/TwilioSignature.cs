using System.Security.Cryptography;
using System.Text;

namespace FamilyPa.Simulators.Twilio;

/// <summary>Signs webhooks as Twilio does, for the simulator and for tests that send webhooks of their own.</summary>
/// <remarks>Rule: https://www.twilio.com/docs/usage/security#validating-requests.</remarks>
public static class TwilioSignature
{
    /// <summary>The value of <c>X-Twilio-Signature</c> for a form.</summary>
    /// <param name="url">As the receiver knows it, query string included; a fragment is not signed and is dropped here.</param>
    /// <param name="parameters">The decoded form fields; order does not matter.</param>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder(WithoutFragment(url));
        foreach (var (name, value) in parameters.OrderBy(field => field.Key, StringComparer.Ordinal)) text.Append(name).Append(value);
        return Mac(authToken, text.ToString());
    }

    /// <summary>For a JSON body: the URL carries the body's hash, and is signed without parameters.</summary>
    public static (string Url, string Signature) SignBody(string authToken, string url, ReadOnlySpan<byte> body)
    {
        var bare = WithoutFragment(url);
        var signed = $"{bare}{(bare.Contains('?') ? '&' : '?')}bodySHA256={Convert.ToHexStringLower(SHA256.HashData(body))}";
        return (signed, Mac(authToken, signed));
    }

    private static string WithoutFragment(string url) => url.Split('#', 2)[0];

    // Twilio's scheme is HMAC-SHA1; there is no other to choose.
#pragma warning disable CA5350
    private static string Mac(string authToken, string text) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
