using System.Buffers;
using System.Globalization;
using System.Text;

namespace FamilyPa.Core.Twilio;

/// <summary>Encodings of SMS: GSM-7 has 160 characters in a segment, UCS-2, which any other character causes, has 70.</summary>
/// <remarks>https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding. Twilio charges by segment.</remarks>
public static class SmsText
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    private static readonly SearchValues<char> All = SearchValues.Create(Basic + Extension);

    private static readonly Dictionary<string, string> Plainer = new()
    {
        ["« "] = "\"",
        [" »"] = "\"",
        ["«"] = "\"",
        ["»"] = "\"",
        ["“"] = "\"",
        ["”"] = "\"",
        ["„"] = "\"",
        ["‘"] = "'",
        ["’"] = "'",
        ["…"] = "...",
        ["–"] = "-",
        ["—"] = "-",
        ["✓"] = "-",
        ["·"] = "-",
        ["ı"] = "i",
        ["œ"] = "oe",
        ["Œ"] = "Oe",
        ["º"] = "o",
        ["ª"] = "a",
    };

    public static bool IsGsm7(string text) => !text.AsSpan().ContainsAnyExcept(All);

    /// <summary>How many messages the carrier sends for the text. A character of GSM-7's extension table counts as two.</summary>
    public static int Segments(string text)
    {
        var (length, alone, joined) = IsGsm7(text) ? (text.Length + text.Count(Extension.Contains), 160, 153) : (text.Length, 70, 67);
        return length <= alone ? 1 : (length + joined - 1) / joined;
    }

    /// <summary>Our own words in GSM-7, without the typographic signs and the accents that it lacks; characters of other scripts stay.</summary>
    public static string Plain(string text)
    {
        if (IsGsm7(text))
            return text;
        var spaced = string.Concat(text.Select(character => char.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator ? ' ' : character));
        var plain = Plainer.Aggregate(spaced, (result, sign) => result.Replace(sign.Key, sign.Value, StringComparison.Ordinal));
        return string.Concat(plain.EnumerateRunes().Select(rune => IsGsm7(rune.ToString()) ? rune.ToString() : WithoutAccent(rune.ToString())));
    }

    private static string WithoutAccent(string character)
    {
        var letter = string.Concat(character.Normalize(NormalizationForm.FormD).Where(part => char.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark));
        return IsGsm7(letter) ? letter : character;
    }
}
