using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Takes a message apart into list items and sentences. A list under "shopping" becomes one piece: one trip, one task.</summary>
internal static partial class MessageLines
{
    public static IEnumerable<Piece> Split(string message, Lexicon lexicon)
    {
        string? header = null;
        var shopping = new List<string>();
        var shops = false;
        foreach (var line in InlineNumbers().Replace(message, "\n$&").Split('\n'))
        {
            var isItem = Bullet().Match(line) is { Success: true, Length: > 0 };
            var text = Bullet().Replace(line, "").Trim();
            if (text.Length == 0)
            {
                if (Shop(shopping, lexicon) is { } list) yield return list;
                (header, shops) = (null, false);
                continue;
            }

            if (!isItem && (text.EndsWith(':') || lexicon.BuyHeader.IsMatch(text)))
            {
                if (Shop(shopping, lexicon) is { } list) yield return list;
                (header, shops) = (text.TrimEnd(':', ' '), lexicon.BuyHeader.IsMatch(text));
                continue;
            }

            if (shops && !lexicon.Verbs.Contains(Categories.WordsOf(text).FirstOrDefault("")))
            {
                shopping.Add(text.TrimEnd(',', ';', '.'));
                continue;
            }

            if (isItem || header is not null) yield return new Piece(text, true, header);
            else foreach (var sentence in Sentences(text, lexicon)) yield return new Piece(sentence, false, null);
        }

        if (Shop(shopping, lexicon) is { } last) yield return last;
    }

    private static Piece? Shop(List<string> things, Lexicon lexicon)
    {
        if (things.Count == 0) return null;
        var and = lexicon.Data.And.Length == 0 ? ", " : $" {lexicon.Data.And} ";
        var all = things.Count == 1 ? things[0] : string.Join(", ", things[..^1]) + and + things[^1];
        things.Clear();
        return new Piece(string.Format(CultureInfo.InvariantCulture, lexicon.Data.BuyTemplate, all), true, null);
    }

    private static IEnumerable<string> Sentences(string text, Lexicon lexicon)
    {
        var start = 0;
        foreach (Match end in SentenceEnd().Matches(text))
        {
            var before = text[start..end.Index];
            if (end.Value[0] == '.' && !EndsSentence(before, lexicon)) continue;
            yield return text[start..(end.Index + 1)].Trim();
            start = end.Index + end.Length;
        }

        if (text[start..].Trim() is { Length: > 0 } rest) yield return rest;
    }

    // "Dr. Lee", "5 p.m. sharp" and the German "3. Dezember" go on after their full stop.
    private static bool EndsSentence(string before, Lexicon lexicon)
    {
        var word = LastWord().Match(before).Value;
        if (Abbreviation().IsMatch(word)) return false;
        return !(word.Length > 0 && word.All(char.IsAsciiDigit) && lexicon.Name is "de" or "other");
    }

    [GeneratedRegex(@"^\s*(?:[-*+•–—·▪◦‣✓✔☐☑✅➡👉]\uFE0F?\s*|\[[ xX]?\]\s*|\(?\d{1,2}[.)](?!\d)\s*|[a-h]\)\s+)+(?=\S)|^\s+")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"(?<=\S\s+)(?:[2-9]|1\d)[.)]\s+(?=\p{L})(?<=(?:^|\s)1[.)]\s[\s\S]*)")]
    private static partial Regex InlineNumbers();

    [GeneratedRegex(@"[.!?…。！？؟]+(?=\s|$)\s*|[。！？]\s*|(?<=\p{Ll}{2})[.!?](?=\p{Lu}\p{Ll})")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[\p{L}\p{N}.]+$")]
    private static partial Regex LastWord();

    [GeneratedRegex(@"^(?:dr|mr|mrs|ms|st|prof|no|nr|ca|bzw|usw|z\.b|e\.g|i\.e|a\.m|p\.m|etc|vs|tel|str|hr|fr|approx|\p{L})$", RegexOptions.IgnoreCase)]
    private static partial Regex Abbreviation();
}
