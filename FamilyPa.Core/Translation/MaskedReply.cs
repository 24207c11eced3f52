using System.Globalization;
using System.Text.RegularExpressions;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Translation;

/// <summary>
/// A reply whose facts, and the words that its receiver may type, are placeholders: a model sees only our own sentences. Each line is translated by itself,
/// so that no fact gets to another line.
/// </summary>
internal sealed partial class MaskedReply
{
    private readonly List<Line> lines;

    private MaskedReply(List<Line> lines) => this.lines = lines;

    /// <summary>The lines that have words, each once, with <c>{0}</c>, <c>{1}</c>, … for the facts.</summary>
    public IReadOnlyList<string> Sentences => [.. lines.Where(line => line.HasWords).Select(line => line.Sentence).Distinct()];

    /// <param name="reply">With its facts marked.</param>
    public static MaskedReply Of(string reply)
    {
        List<string> facts = [];
        var text = Facts.Replace(reply, (_, other) => Mask(other));
        // A word to type is always in quotation marks. A quoted fact is masked already.
        text = Quoted().Replace(text, quoted => quoted.Value.Contains('{') ? quoted.Value : Mask(quoted.Value));
        return new MaskedReply([.. text.Split('\n').Select(LineOf)]);

        string Mask(string fact)
        {
            facts.Add(fact);
            return Placeholder(facts.Count - 1);
        }

        Line LineOf(string line)
        {
            List<string> own = [];
            var sentence = Placeholders().Replace(line, placeholder =>
            {
                own.Add(facts.ElementAtOrDefault(Index(placeholder)) ?? placeholder.Value);
                return Placeholder(own.Count - 1);
            });
            return new Line(sentence, own);
        }
    }

    /// <returns>The reply in the other language; null if a translation is missing, or is not one of the sentence alone.</returns>
    public string? Fill(IReadOnlyDictionary<string, string> translations)
    {
        var filled = lines.ConvertAll(line => !line.HasWords ? line.Fill(line.Sentence)
            : translations.TryGetValue(line.Sentence, out var said) && line.IsSaidBy(said) ? line.Fill(said)
            : null);
        return filled.Contains(null) || string.Join('\n', filled) is not { Length: <= MessageLength.Longest } reply ? null : reply;
    }

    private static string Placeholder(int index) => $$"""{{{index}}}""";

    private static int Index(Match placeholder) => int.Parse(placeholder.ValueSpan[1..^1], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{[0-9]{1,4}\}")]
    private static partial Regex Placeholders();

    [GeneratedRegex("[“„«\"][^“”„«»\"\n]*[”“»\"]")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\p{N}+")]
    private static partial Regex Numbers();

    /// <param name="Own">The facts of its placeholders, in their order.</param>
    private sealed record Line(string Sentence, IReadOnlyList<string> Own)
    {
        public bool HasWords => Words(Sentence).Any(char.IsLetter);

        /// <summary>Whether a model's text says this sentence of the same facts, as far as code can tell.</summary>
        public bool IsSaidBy(string text) =>
            ModelText.Visible(text) == text && !text.Any(char.IsControl)
            && Words(text).Any(char.IsLetter) && Words(text).IndexOfAny(['{', '}']) < 0
            && Sorted(Placeholders(), text).SequenceEqual(Sorted(Placeholders(), Sentence))
            && Sorted(Numbers(), Words(text)).SequenceEqual(Sorted(Numbers(), Words(Sentence)))
            && ModelText.LinksIn(Fill(text)).IsSubsetOf(ModelText.LinksIn(Fill(Sentence)));

        public string Fill(string text) => Placeholders().Replace(text, placeholder => Own[Index(placeholder)]);

        private static string Words(string text) => Placeholders().Replace(text, "");

        private static IOrderedEnumerable<string> Sorted(Regex part, string text) => part.Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);
    }
}
