using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using Twilio.Security;

namespace FamilyPa.Functions.Webhooks;

/// <summary>Twilio's own validator, asked about each URL and key that may have signed, and never allowed to throw.</summary>
/// <remarks>
/// The URL is what Twilio was given (<c>PUBLIC_BASE_URL</c>), with and without its scheme's default port: Twilio's
/// back end signs either, and the SDK tries only one variation of what it is handed.
/// </remarks>
public sealed class TwilioRequestValidator
{
    private readonly RequestValidator[] validators;
    private readonly string[] bases;

    public TwilioRequestValidator(IOptions<AppSettings> settings)
    {
        validators = [.. new[] { settings.Value.TwilioAuthToken, settings.Value.TwilioAuthTokenNext }
            .Where(token => !string.IsNullOrEmpty(token)).Select(token => new RequestValidator(token!))];
        bases = [.. Bases(settings.Value.PublicBaseUrl.TrimEnd('/'))];
    }

    /// <param name="pathAndQuery">As it came in the request line, undecoded.</param>
    /// <param name="form">Signed with the URL, unless the URL carries a hash of the body in their place (<c>bodySHA256</c>).</param>
    public bool IsValid(string pathAndQuery, Dictionary<string, string> form, ReadOnlySpan<byte> body, string signature)
    {
        var bodyHash = BodyHash(pathAndQuery);
        if (bodyHash is not null && !IsHashOf(body, bodyHash))
            return false;
        var signed = bodyHash is null ? form : [];
        var valid = false;
        foreach (var url in bases)
        {
            foreach (var validator in validators)
                valid |= Validate(validator, url + pathAndQuery, signed, signature);
        }

        return valid;
    }

    private static bool Validate(RequestValidator validator, string url, Dictionary<string, string> form, string signature)
    {
        try
        {
            return validator.Validate(url, form, signature);
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>The base as given, without its scheme's default port, and with it. Any other port belongs to the URL.</summary>
    private static IEnumerable<string> Bases(string given)
    {
        yield return given;
        var url = new Uri(given);
        if (!url.IsDefaultPort)
            yield break;
        var authority = given.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = given.IndexOf('/', authority) is var slash and > 0 ? slash : given.Length;
        var port = $":{url.Port}";
        yield return given[..end].EndsWith(port, StringComparison.Ordinal)
            ? given[..(end - port.Length)] + given[end..]
            : given[..end] + port + given[end..];
    }

    private static string? BodyHash(string pathAndQuery)
    {
        const string Name = "bodySHA256=";
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return query < 0
            ? null
            : pathAndQuery[(query + 1)..].Split('&').FirstOrDefault(pair => pair.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..];
    }

    private static bool IsHashOf(ReadOnlySpan<byte> body, string expected) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))), Encoding.UTF8.GetBytes(expected));
}
