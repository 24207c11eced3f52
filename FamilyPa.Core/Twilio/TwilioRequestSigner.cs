using System.Security.Cryptography;
using System.Text;

namespace FamilyPa.Core.Twilio;

/// <summary>Signs a form as Twilio does, for the canary and the simulators: https://www.twilio.com/docs/usage/security#validating-requests.</summary>
public static class TwilioRequestSigner
{
    /// <param name="url">The URL that the receiver sees, with its query and without a fragment.</param>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = url + string.Concat(form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // Twilio signs with HMAC-SHA1 only.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }
}
