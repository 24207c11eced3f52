using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FamilyPa.Core.Replies;

/// <summary>Splits a text into words without case, accents, apostrophes, punctuation and emoji, so that they can be compared.</summary>
internal static class PlainWords
{
    /// <remarks>Keeps signs between digits (<c>17:00</c>, <c>1-3</c>), because they change the number.</remarks>
    public static List<string> Of(string text)
    {
        var plain = Fold(text).Select(character => ",;&+".Contains(character, StringComparison.Ordinal) ? ' ' : character);
        return [.. string.Concat(plain).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Trim).SelectMany(Parts).Where(word => word.Length > 0)];
    }

    public static bool Begin(List<string> words, List<string> with) =>
        with.Count <= words.Count && CollectionsMarshal.AsSpan(words)[..with.Count].SequenceEqual(CollectionsMarshal.AsSpan(with));

    public static bool End(List<string> words, List<string> with) =>
        with.Count <= words.Count && CollectionsMarshal.AsSpan(words)[^with.Count..].SequenceEqual(CollectionsMarshal.AsSpan(with));

    /// <summary>The text without case, accents and apostrophes.</summary>
    public static string Fold(string text)
    {
        var plain = new StringBuilder();
        // Normalize() throws for unpaired surrogates and noncharacters. EnumerateRunes replaces the former by U+FFFD; this removes the latter.
        var characters = text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned);
        foreach (var rune in string.Concat(characters).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark || "'’‘ʼ`´".Contains(rune.ToString(), StringComparison.Ordinal))
                continue;
            plain.Append(Lower(rune));
        }

        return plain.ToString();
    }

    /// <summary>Turkish has an i without a dot, for which other keyboards write one with it.</summary>
    private static string Lower(Rune rune) => rune.Value == 'ı' ? "i" : Rune.ToLowerInvariant(rune).ToString();

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
