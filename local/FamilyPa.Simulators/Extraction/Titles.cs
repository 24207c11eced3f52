using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Makes a clause into a title: no dates, no courtesies, a capital.</summary>
internal static partial class Titles
{
    private const int MaxLength = 120;

    /// <returns>The title, and notes where something was in brackets or did not fit.</returns>
    public static (string Title, string? Notes) Of(string text, Lexicon lexicon)
    {
        var bare = lexicon.LeadBeforeDate.Replace(text, " ");
        var notes = Brackets().Match(bare) is { Success: true } brackets ? brackets.Groups[1].Value.Trim() : null;
        if (notes is not null) bare = Brackets().Replace(bare, " ", 1);
        bare = lexicon.Infinitive.Replace(Tidy(InnerCourtesy().Replace(bare, " ")), " ");
        while (lexicon.Tail.Match(bare) is { Success: true, Index: > 0 } tail) bare = Tidy(bare[..tail.Index]);
        if (bare.Length <= MaxLength) return (Capitalise(bare), notes);
        var cut = bare.LastIndexOf(' ', MaxLength - 1);
        return (Capitalise(Tidy(bare[..(cut > 0 ? cut : MaxLength)])) + "…", bare);
    }

    public static string Tidy(string text) =>
        Edges().Replace(SpaceBeforeSign().Replace(Spaces().Replace(text, " "), "$1"), "");

    public static string Capitalise(string text)
    {
        var index = text.Select((character, at) => (character, at)).FirstOrDefault(pair => char.IsLetterOrDigit(pair.character)).at;
        return text.Length == 0 ? text : text[..index] + char.ToUpperInvariant(text[index]) + text[(index + 1)..];
    }

    [GeneratedRegex(@"\s*\(([^()]{2,200})\)\s*")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"(?<=\s)(?:please|pls|bitte|s'il (?:te|vous) pla[iî]t|stp|svp|por favor|per favore|alsjeblieft)(?=\s)", RegexOptions.IgnoreCase)]
    private static partial Regex InnerCourtesy();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s([,.;:!?])")]
    private static partial Regex SpaceBeforeSign();

    [GeneratedRegex(@"^[\s,;:.!?\-–—>…،、。¡¿*_]+|[\s,;:.!?\-–—…،、。*_]+$")]
    private static partial Regex Edges();
}
