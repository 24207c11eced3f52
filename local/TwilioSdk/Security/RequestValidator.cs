using System.Collections.Specialized;
using System.Security.Cryptography;
using System.Text;

namespace Twilio.Security;

/// <summary>
/// Checks <c>X-Twilio-Signature</c> as the SDK's class of this name does, with its two habits: it tries the URL as given and one
/// variation of its port, and it throws at what is no URL or no signature instead of answering false.
/// </summary>
public class RequestValidator(string secret)
{
    private readonly byte[] key = Encoding.UTF8.GetBytes(secret);

    public bool Validate(string url, NameValueCollection parameters, string expected)
    {
        var byName = new Dictionary<string, string>();
        foreach (var name in parameters.AllKeys)
            byName.Add(name!, parameters[name]!);

        return Validate(url, byName, expected);
    }

    public bool Validate(string url, IDictionary<string, string>? parameters, string expected)
    {
        ThrowIfEmpty(url, expected);
        var form = Join(parameters);
        return IsSignature(url + form, expected) || IsSignature(PortVariation.Of(url) + form, expected);
    }

    /// <summary>For bodies that are no forms: the URL carries the body's SHA-256, and only the URL is signed.</summary>
    public bool Validate(string url, string body, string expected)
    {
        ThrowIfEmpty(url, expected);
        var hash = "";
        foreach (var pair in new Uri(url, UriKind.Absolute).Query.TrimStart('?').Split('&'))
        {
            var parts = pair.Split('=');
            if (parts[0] == "bodySHA256")
            {
                // Throws when there is no value, like the SDK.
                hash = Uri.UnescapeDataString(parts[1]);
            }
        }

        return Validate(url, (IDictionary<string, string>?)null, expected) && ValidateBody(body, hash);
    }

    public static bool ValidateBody(string rawBody, string expected) =>
        FixedTimeEquals(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rawBody))), expected);

    private static void ThrowIfEmpty(string url, string expected)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        ArgumentException.ThrowIfNullOrEmpty(expected);
    }

    private static string Join(IDictionary<string, string>? parameters)
    {
        if (parameters is null || parameters.Count == 0)
            return "";

        var text = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
            text.Append(name).Append(value);

        return text.ToString();
    }

    private bool IsSignature(string text, string expected) =>
        FixedTimeEquals(Convert.ToBase64String(HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(text))), expected);

    private static bool FixedTimeEquals(string computed, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(computed), Encoding.UTF8.GetBytes(given));
}
