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
        var text = new StringBuilder(url.Split('#')[0]);
        foreach (var (name, value) in parameters.OrderBy(field => field.Key, StringComparer.Ordinal)) text.Append(name).Append(value);
        // Twilio's scheme is HMAC-SHA1; there is no other to choose.
#pragma warning disable CA5350
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }
}
