using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Chat;

/// <summary>Words around a command that change nothing: "please", "thank you".</summary>
internal static class Politeness
{
    private static readonly List<List<string>> Words =
        [.. Phrases.Languages.SelectMany(language => Phrases.Of(language).Commands.Polite).Select(PlainWords.Of).OrderByDescending(words => words.Count)];

    /// <summary>The words without those at their beginning and end.</summary>
    public static List<string> Strip(List<string> words)
    {
        while (Words.Find(polite => PlainWords.Begin(words, polite) || PlainWords.End(words, polite)) is { } found)
            words = PlainWords.Begin(words, found) ? words[found.Count..] : words[..^found.Count];
        return words;
    }
}
