using System.Net.Http.Headers;
using System.Text;
using System.Text.Unicode;

namespace FamilyPa.Core.Media;

/// <summary>Reads the text part of an MMS in an encoding other than UTF-8: phones also write UTF-16, Latin-1 and its kin.</summary>
internal static class MessageText
{
    public const string ContentType = "text/plain";

    /// <returns>Null where it is UTF-8, is not declared as text, or is none.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, string? declaredType)
    {
        if (!MediaTypeHeaderValue.TryParse(declaredType, out var declared) || !ContentType.Equals(declared.MediaType, StringComparison.OrdinalIgnoreCase))
            return null;
        var encoding = Utf16(bytes) ?? (Utf8.IsValid(bytes) ? null : Named(declared.CharSet));
        return encoding?.GetString(bytes).TrimStart('\uFEFF') is { } text && !text.Any(character => char.IsControl(character) && !char.IsWhiteSpace(character)) ? text : null;
    }

    /// <summary>By its mark, or by the zeros that Latin letters have there.</summary>
    private static Encoding? Utf16(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] or [not 0, 0, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] or [0, not 0, ..] => Encoding.BigEndianUnicode,
        _ => null,
    };

    /// <summary>Without a name that is known it is Windows-1252, which includes Latin-1.</summary>
    private static Encoding Named(string? charset)
    {
        var known = CodePagesEncodingProvider.Instance;
        return (charset is null or "" ? null : known.GetEncoding(charset.Trim('"'))) ?? known.GetEncoding(1252)!;
    }
}
