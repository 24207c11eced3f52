using System.Globalization;
using System.Text;

namespace FamilyPa.Core.Chat;

/// <summary>The words of a text without what people leave out or add as they like: case, accents, apostrophes, punctuation, emoji.</summary>
internal static class PlainWords
{
    /// <remarks>Between digits a sign is kept (<c>17:00</c>, <c>1-3</c>): without it the number would be another.</remarks>
    public static List<string> Of(string text)
    {
        var plain = new StringBuilder();
        // What is no character cannot be normalised: half a surrogate pair becomes U+FFFD, U+FFFF and its like nothing.
        var characters = text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned);
        foreach (var rune in string.Concat(characters).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark || "'’‘ʼ`´".Contains(rune.ToString(), StringComparison.Ordinal))
                continue;
            plain.Append(",;&+".Contains(rune.ToString(), StringComparison.Ordinal) ? " " : Rune.ToLowerInvariant(rune).ToString());
        }

        return [.. plain.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Trim).SelectMany(Parts).Where(word => word.Length > 0)];
    }

    private static string Trim(string word)
    {
        var runes = word.EnumerateRunes().ToList();
        var first = runes.FindIndex(rune => !IsOrnament(rune));
        return first < 0 ? "" : string.Concat(runes[first..(runes.FindLastIndex(rune => !IsOrnament(rune)) + 1)]);
    }

    private static string[] Parts(string word) => char.IsDigit(word.FirstOrDefault()) ? [word] : word.Split('-', '‐', '–');

    private static bool IsOrnament(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation
        or UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.Format or UnicodeCategory.EnclosingMark;
}
