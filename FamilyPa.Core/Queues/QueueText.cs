using System.Buffers.Text;
using System.Text;

namespace FamilyPa.Core.Queues;

/// <summary>Bodies of queue messages as people write them: the Azure Portal uses Base64 unless told otherwise.</summary>
internal static class QueueText
{
    /// <summary>The body as it stands, and then, if it is Base64 of text, that text.</summary>
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
