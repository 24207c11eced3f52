using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Sorts a text into a category by weighted words.</summary>
internal sealed partial class Categories
{
    private const int Telling = 2;
    private const char FirstUnspaced = '\u3040';
    private readonly Dictionary<string, List<(string Category, int Weight)>> words = new(StringComparer.Ordinal);
    private readonly List<(string Stem, string Category, int Weight)> stems = [];

    public Categories(IReadOnlyDictionary<string, string> lists)
    {
        foreach (var (category, list) in lists)
        {
            foreach (var entry in list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var (word, weight) = (entry.Split(':')[0], int.Parse(entry.Split(':')[1], CultureInfo.InvariantCulture));
                if (word.EndsWith('*')) stems.Add((word[..^1], category, weight));
                else if (words.TryGetValue(word, out var known)) known.Add((category, weight));
                else words[word] = [(category, weight)];
            }
        }
    }

    /// <returns><c>other</c> where nothing speaks for a category.</returns>
    public string Of(string text)
    {
        var scores = new Dictionary<string, int>();
        foreach (var word in WordsOf(text))
        {
            foreach (var (category, weight) in Matches(word)) scores[category] = scores.GetValueOrDefault(category) + weight;
        }

        // Chinese and Japanese write no spaces: there a word is found inside the text.
        foreach (var (word, entries) in words.Where(entry => entry.Key[0] >= FirstUnspaced && text.Contains(entry.Key, StringComparison.Ordinal)))
            entries.ForEach(entry => scores[entry.Category] = scores.GetValueOrDefault(entry.Category) + entry.Weight);

        // Of equals the one that is listed first.
        return scores.Count == 0 ? "other" : scores.MaxBy(score => score.Value).Key;
    }

    /// <summary>Whether the word names a thing of some category.</summary>
    public bool Knows(string word) => Matches(word).Any(match => match.Weight >= Telling);

    public bool Knows(string word, string category) => Matches(word).Any(match => match.Category == category && match.Weight >= Telling);

    public static IEnumerable<string> WordsOf(string text) => Word().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    private IEnumerable<(string Category, int Weight)> Matches(string word)
    {
        var bare = word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : word;
        var exact = words.TryGetValue(bare, out var known) ? known : [];
        return exact.Concat(stems.Where(stem => bare.StartsWith(stem.Stem, StringComparison.Ordinal)).Select(stem => (stem.Category, stem.Weight)));
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:['-][\p{L}\p{M}\p{N}]+)*")]
    private static partial Regex Word();
}
