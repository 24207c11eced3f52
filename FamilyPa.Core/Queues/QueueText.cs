using System.Buffers.Text;
using System.Text;

namespace FamilyPa.Core.Queues;

/// <summary>Decodes queue message bodies that operators enter. The Azure Portal writes Base64 by default.</summary>
internal static class QueueText
{
    /// <summary>The body itself, and then the decoded text if the body is Base64.</summary>
    public static IEnumerable<string> Readings(string body)
    {
        var text = body.Trim().TrimStart('\uFEFF');
        yield return text;
        if (TryDecode(text) is { } decoded)
            yield return decoded;
    }

    private static string? TryDecode(string text)
    {
        if (!Base64.IsValid(text))
            return null;
        var decoded = Convert.FromBase64String(text);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(decoded).Trim();
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
