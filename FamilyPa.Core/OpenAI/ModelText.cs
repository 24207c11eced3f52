using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.OpenAI;

/// <summary>Makes a model's text safe to show: a model can be made to write anything by the message that it reads.</summary>
public static partial class ModelText
{
    private const string LinkEnd = ".,;:!?)]}>'\"’”»…";

    private static readonly int Flag = char.ConvertToUtf32("🏴", 0);

    /// <summary>The flags that Unicode recommends as tag sequences (UTS #51): England, Scotland and Wales.</summary>
    private static readonly string[] Flags = ["gbeng", "gbsct", "gbwls"];

    /// <summary>The text on one line, and as <see cref="Visible"/> makes it.</summary>
    public static string Clean(string text) => OneLine(Visible(text));

    /// <summary>The text without characters that are invisible, control the direction of text, or have no assigned meaning.</summary>
    public static string Visible(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var clean = new StringBuilder(text.Length);
        var last = new Rune(' ');
        for (var i = 0; i < runes.Length; i++)
        {
            var rune = runes[i];
            if (!Rune.IsWhiteSpace(rune) && !IsShown(rune) && !IsPartOfNeighbours(rune, last, i + 1 < runes.Length ? runes[i + 1] : new Rune(' ')))
                continue;
            clean.Append(rune);
            last = rune;
            if (rune.Value == Flag && Flags.FirstOrDefault(name => IsTagged(runes.AsSpan(i + 1), name)) is { } flag)
            {
                foreach (var tag in runes.AsSpan(i + 1, flag.Length + 1))
                    clean.Append(tag);
            }
        }

        return clean.ToString();
    }

    /// <summary>The links in texts, in a form that can be compared.</summary>
    public static IReadOnlySet<string> LinksIn(params IEnumerable<string?> texts) =>
        texts.OfType<string>().SelectMany(text => Links().Matches(Clean(text))).Select(link => Comparable(link.Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The text without what a phone turns into a link, other than the allowed ones.</summary>
    public static string WithoutLinks(string text, IReadOnlySet<string> allowed)
    {
        var rest = Links().Replace(text, link => allowed.Contains(Comparable(link.Value)) ? link.Value : link.Value[link.Value.AsSpan().TrimEnd(LinkEnd).Length..]);
        return rest == text ? text : OneLine(Brackets().Replace(rest, ""));
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Comparable(string link)
    {
        var bare = Prefix().Replace(link.TrimEnd(LinkEnd.ToCharArray()), "");
        var host = bare.IndexOfAny(['/', '?', '#']) is var end and >= 0 ? end : bare.Length;
        return (bare[..host].ToLowerInvariant() + bare[host..]).TrimEnd('/');
    }

    private static bool IsShown(Rune rune) => rune.Value switch
    {
        // Fillers, joiners and variation selectors that are letters or marks, and characters that are ignored by default (DerivedCoreProperties.txt).
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0
            or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF) => false,
        (>= 0xFDD0 and <= 0xFDEF) => false,
        var value when (value & 0xFFFE) == 0xFFFE => false,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse),
    };

    /// <summary>Whether emoji, or scripts that join their letters, need the invisible character between these neighbours.</summary>
    private static bool IsPartOfNeighbours(Rune rune, Rune last, Rune next) => rune.Value switch
    {
        0x200C => Joins(last) && Joins(next),
        0x200D => (Joins(last) && Joins(next)) || (IsEmoji(last) && IsEmoji(next)),
        0xFE0E or 0xFE0F => IsEmoji(last) && last.Value is not (0xFE0E or 0xFE0F) || last.Value is '#' or '*' or (>= '0' and <= '9'),
        _ => false,
    };

    /// <summary>Arabic and the scripts of South and Southeast Asia.</summary>
    private static bool Joins(Rune rune) =>
        rune.Value is (>= 0x0600 and <= 0x0DFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsEmoji(Rune rune) => rune.Value is 0x200D or 0xFE0F or (>= 0x2190 and <= 0x2BFF) or (>= 0x1F000 and <= 0x1FAFF) or 0x00A9 or 0x00AE or 0x203C or 0x2049 or 0x2122;

    private static bool IsTagged(ReadOnlySpan<Rune> runes, string name)
    {
        if (runes.Length <= name.Length || runes[name.Length].Value != 0xE007F)
            return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (runes[i].Value != 0xE0000 + name[i])
                return false;
        }

        return true;
    }

    /// <summary>A URL, an address of mail or telephone, an IP address, or a host name.</summary>
    /// <remarks>
    /// Phones know the top-level domains. Here these are words in one case, of two letters or common, so that a missing space after a full stop
    /// ("milk.Call Ben") is not one.
    /// </remarks>
    [GeneratedRegex(
        """
        (?i:[a-z][a-z0-9+.-]{1,30}://|www\.|(?:mailto|tel|sms|smsto|whatsapp):(?=\S))\S+
        |(?<![\p{L}\p{N}.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\p{L}\p{N}.])(?:[:/?\#]\S*)?
        |(?:[^\s@]{1,64}@)?(?<![\p{L}\p{M}\p{N}])(?:[\p{L}\p{M}\p{N}_-]+[.．]){1,10}
         (?:xn--[A-Za-z0-9-]+|[\p{Ll}\p{M}]{2,24}|[\p{Lu}\p{M}]{2,24}|[\p{Lo}\p{M}]{2,24}|[A-Za-z]{2}|(?i:com|net|org|info|biz|app|dev|xyz|top|site|online|shop|club|link|live|page|zip|mov))
         (?![\p{L}\p{M}\p{N}_-])(?:[:/?\#]\S*)?
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Links();

    [GeneratedRegex(@"\A(?:https?://)?(?:www\.)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\(\s*\)|\[\s*\]|<\s*>")]
    private static partial Regex Brackets();
}
