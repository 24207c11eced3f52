using System.Security.Cryptography;
using System.Text;

namespace FamilyPa.Core.Twilio;

/// <summary>Signs a form as Twilio does, for what plays Twilio: https://www.twilio.com/docs/usage/security#validating-requests.</summary>
public static class TwilioRequestSigner
{
    /// <param name="url">As the receiver knows it, with its query and without a fragment.</param>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = url + string.Concat(form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // Twilio's scheme is HMAC-SHA1; there is no other to choose.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }
}
