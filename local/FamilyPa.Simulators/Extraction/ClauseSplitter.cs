using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Splits a sentence where a second task begins: "buy milk and call grandma", but not "buy bread and butter".</summary>
/// <remarks>The things of one purchase stay together: "buy milk, eggs and bread" is one task.</remarks>
internal sealed class ClauseSplitter(Lexicon lexicon, Members members)
{
    // Nobody says more in one sentence; each separator looks at the whole rest.
    private const int MaxSeparators = 60;

    /// <param name="text">With its dates replaced by their signs.</param>
    public IEnumerable<string> Split(string text)
    {
        var separators = lexicon.Separator.Matches(text).Take(MaxSeparators).ToList();
        var start = 0;
        for (var index = 0; index < separators.Count; index++)
        {
            var separator = separators[index];
            if (separator.Index < start) continue;
            var left = text[start..separator.Index];
            var right = text[(separator.Index + separator.Length)..];
            var next = index + 1 < separators.Count ? text[(separator.Index + separator.Length)..separators[index + 1].Index] : right;
            if (!IsTask(left) || !Separates(separator, left, right, next, out var carried)) continue;
            yield return left;
            start = separator.Index + separator.Length;
            if (carried.Length == 0) continue;
            // The verb holds for the second part too: the rest is read as if it had been said again.
            foreach (var clause in Split($"{carried} {right}")) yield return clause;
            yield break;
        }

        yield return text[start..];
    }

    private bool Separates(Match separator, string left, string right, string next, out string carriedVerb)
    {
        carriedVerb = "";
        if (separator.Value.Contains(';')) return WordCount(next) > 0 && !IsThingToBuy(next);
        var beginning = Beginning.Of(right, lexicon, members);
        if (beginning.Asked && WordCount(beginning.Core) > 0) return true;
        var dated = HasDate(left) && HasDate(next) && WordCount(next) > 0;
        // "Get a present and wrap it" is about one thing.
        if (!dated && lexicon.Vague.IsMatch(Verbs.ObjectOf(next, lexicon))) return false;
        if (lexicon.Data.VerbsLast ? Verbs.In(left, lexicon) && Verbs.In(right, lexicon) : Verbs.Begin(beginning.Core, lexicon, members, strict: true))
            return true;
        if (lexicon.Then.IsMatch(separator.Value) && WordCount(next) > 0 && !IsThingToBuy(next)) return true;
        // "Dentist on Tuesday, party on Friday": each with a date of its own.
        if (!dated) return false;
        var first = Beginning.Of(left, lexicon, members);
        // "Call grandma on Friday and the dentist on Monday": the verb holds for both.
        var another = char.IsUpper(right[0]) || lexicon.Determiners.Contains(Categories.WordsOf(right).First());
        if (separator.Value.Trim() == lexicon.Data.And && another && lexicon.Data.CarriesVerb && Verbs.Begin(first.Core, lexicon, members, strict: true))
            carriedVerb = Categories.WordsOf(first.Core).First();
        return true;
    }

    // "Wash and iron the shirts" and "hi and thanks" have nothing on the left that could stand alone.
    private bool IsTask(string left)
    {
        var beginning = Beginning.Of(left, lexicon, members);
        var words = Categories.WordsOf(beginning.Core).ToList();
        if (words.Count == 0 || members.IsName(beginning.Core)) return false;
        if (lexicon.Data.VerbsLast) return true;
        return !Verbs.Begin(beginning.Core, lexicon, members, strict: false) && !lexicon.Verbs.Contains(words[0])
            || HasDate(left) || Verbs.ObjectOf(beginning.Core, lexicon).Length > 0;
    }

    private bool IsThingToBuy(string text) =>
        Categories.WordsOf(text).ToList() is [.., var last] words && words.Count <= 3 && lexicon.Categories.Knows(last, "shopping");

    private static bool HasDate(string text) => text.Any(Beginning.IsDate);

    private static int WordCount(string text) => Categories.WordsOf(text).Count();
}
