using System.Buffers;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Guesses a text's language: by its script, else by its common words, else by the family's locale.</summary>
internal static class Languages
{
    private static readonly SearchValues<char> UkrainianOnly = SearchValues.Create("іїєґІЇЄҐ");

    private static readonly Dictionary<string, string> Names = new()
    {
        ["en"] = "english", ["de"] = "german", ["fr"] = "french", ["es"] = "spanish", ["it"] = "italian", ["nl"] = "dutch", ["pt"] = "portuguese",
        ["ru"] = "russian", ["uk"] = "ukrainian", ["he"] = "hebrew", ["ar"] = "arabic", ["ja"] = "japanese", ["zh"] = "chinese", ["ko"] = "korean",
        ["el"] = "greek", ["hi"] = "hindi", ["th"] = "thai", ["sv"] = "swedish", ["fi"] = "finnish", ["pl"] = "polish", ["tr"] = "turkish",
    };

    /// <summary>The transcription service names languages in English; an unknown code stays as it is.</summary>
    public static string EnglishName(string code) => Names.GetValueOrDefault(code, code);

    /// <returns>ISO 639-1.</returns>
    public static string Detect(string text, string locale = "en-GB")
    {
        if (ByScript(text) is { } script) return script;
        var home = locale.Split('-', '_')[0].ToLowerInvariant() is { Length: 2 } code ? code : "en";
        var words = Categories.WordsOf(text).ToList();
        var best = Lexicon.Languages
            .Select(language => (Language: language, Score: ScoreOf(language, words)))
            // A single word more is not enough to leave the family's own language.
            .MaxBy(guess => guess.Score * 2 + (guess.Language == home ? 3 : 0));
        return best.Score == 0 ? home : best.Language;
    }

    private static int ScoreOf(string language, List<string> words)
    {
        var lexicon = Lexicon.For(language);
        return words.Count(word => lexicon.Words.Contains(word) || lexicon.Verbs.Contains(word));
    }

    private static string? ByScript(string text)
    {
        var counts = new Dictionary<string, int>();
        var letters = 0;
        foreach (var letter in text.Where(char.IsLetter))
        {
            letters++;
            if (Script(letter) is { } script) counts[script] = counts.GetValueOrDefault(script) + 1;
        }

        if (counts.Count == 0 || counts.Values.Sum() * 2 < letters) return null;
        // Japanese mixes its syllables with Chinese characters; Ukrainian has letters that Russian lacks.
        if (counts.ContainsKey("ja")) return "ja";
        var most = counts.MaxBy(count => count.Value).Key;
        return most == "ru" && text.AsSpan().ContainsAny(UkrainianOnly) ? "uk" : most;
    }

    private static string? Script(char letter) => letter switch
    {
        >= '\u0400' and <= '\u04FF' => "ru",
        >= '\u0590' and <= '\u05FF' => "he",
        >= '\u0600' and <= '\u06FF' => "ar",
        >= '\u3040' and <= '\u30FF' => "ja",
        >= '\u4E00' and <= '\u9FFF' => "zh",
        >= '\uAC00' and <= '\uD7AF' => "ko",
        >= '\u0370' and <= '\u03FF' => "el",
        >= '\u0900' and <= '\u097F' => "hi",
        >= '\u0E00' and <= '\u0E7F' => "th",
        _ => null,
    };
}
