using System.Text;

namespace FamilyPa.Core.Twilio;

/// <summary>Reads and writes <c>application/x-www-form-urlencoded</c> forms.</summary>
public static class FormFields
{
    /// <summary>Decodes a form and keeps the case of its names. ASP.NET Core's reader ignores case, but the signature does not.</summary>
    /// <returns>Null when a name occurs twice. Twilio never sends this, and its libraries disagree on how to sign it.</returns>
    public static Dictionary<string, string>? TryRead(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            if (!fields.TryAdd(Decode(end < 0 ? pair : pair[..end]), end < 0 ? "" : Decode(pair[(end + 1)..])))
                return null;
        }

        return fields;
    }

    public static byte[] Write(IReadOnlyDictionary<string, string> fields) => Encoding.UTF8.GetBytes(
        string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
