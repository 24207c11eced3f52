using System.Globalization;

namespace FamilyPa.Simulators.Extraction;

/// <summary>What a clause turned out to be: a task, a question back, or neither.</summary>
internal sealed record Reading(ExtractedTask? Task, string? Question);

/// <summary>Decides whether a clause is a task, and how surely.</summary>
internal sealed class ClauseReader(Lexicon lexicon, Members members)
{
    private const double Sure = 0.95;
    private const double AskedFor = 0.9;
    private const double Dated = 0.85;
    private const double Likely = 0.8;
    private const double Unsure = 0.4;
    private const int FewWords = 3;
    private const int SomeWords = 5;

    /// <param name="date">The day that the clause's dates and its surroundings give it.</param>
    /// <param name="follows">Another clause went before, which "it" may speak of.</param>
    /// <param name="assignee">From the surroundings; the clause's own wins.</param>
    public Reading Read(string clause, DatedText text, bool isItem, bool follows, DateOnly? date, TimeOnly? time, string? assignee)
    {
        var beginning = Beginning.Of(clause, lexicon, members);
        var who = beginning.Assignee ?? assignee;
        var core = beginning.Core;
        if (members.Ending(core) is { } ending) (who, core) = (ending.Who, ending.Left);
        var dated = clause.Any(Beginning.IsDate);
        var (title, notes) = Titles.Of(text.Restore(core), lexicon);
        if (title.Count(char.IsLetter) < (lexicon.KnowsVerbs ? 2 : 1) || members.IsName(title))
            return new Reading(null, dated && beginning.Asked ? lexicon.Data.AskWhat : null);

        var verb = Verbs.Has(core, lexicon, members);
        if (lexicon.Chatter.IsMatch(title) && !(dated && verb)) return Nothing;
        if (!verb && !beginning.Asked && lexicon.Chatter.IsMatch(Titles.Of(clause, lexicon).Title)) return Nothing;
        if (!beginning.Asked && Missing(title) is var (missing, certainty)) return Found(missing, certainty);
        if (lexicon.Negative.IsMatch(core) || lexicon.Question.IsMatch(core)) return Nothing;
        if (clause.TrimEnd().EndsWith('?') && !verb && !beginning.Asked) return Nothing;
        if (verb || beginning.Asked) return IsVague(core, verb, follows) ? Ask(lexicon.Data.AskVague) : Found(title, verb ? Sure : AskedFor);
        if (IsShopping(title)) return Found(Bought(title), Dated);
        if (isItem) return Found(title, AskedFor);
        if (date is not null && members.Has(title) is { } occasion)
        {
            who = occasion.Who;
            return Found(Titles.Of(occasion.Left, lexicon).Title, Dated);
        }

        if (members.Needs(title)) return Found(title, Likely);
        if (dated && lexicon.Event.Match(title) is { Success: true } happens && happens.Length < title.Length)
            return Found(Event(title[happens.Length..]), Dated);
        if (lexicon.Statement.IsMatch(core) || lexicon.Statement.IsMatch(clause.TrimStart())) return Nothing;
        if (dated) return Found(Event(title), Dated);
        if (!lexicon.KnowsVerbs) return Found(title, Likely);
        var words = Categories.WordsOf(title).ToList();
        // "The dog is asleep" may be news only.
        var news = words.Any(lexicon.States.Contains) || members.IsName(words[0]);
        var known = words.Count <= SomeWords && words.Any(lexicon.Categories.Knows);
        if (known && !news) return Found(title, Likely);
        return known || words.Count <= FewWords ? Ask(lexicon.Data.AskUnsure) : Nothing;

        Reading Found(string name, double confidence) => new(Task(name, confidence), null);

        Reading Ask(string question) => new(Task(title, Unsure), string.Format(CultureInfo.InvariantCulture, question, title));

        ExtractedTask Task(string name, double confidence) => new(
            name, notes, ExtractedTask.Due(date, time), who, CategoryOf($"{name} {notes}"), confidence);
    }

    // What is about a member and nothing else is the family's.
    private string CategoryOf(string text) =>
        lexicon.Categories.Of(text) is var category and not "other" ? category
            : Categories.WordsOf(text).Any(word => members.IsName(word) || (word.EndsWith("'s", StringComparison.Ordinal) && members.IsName(word[..^2]))) ? "family" : "other";

    private static Reading Nothing { get; } = new(null, null);

    // "We're out of milk" asks to buy it; "we need a plan for the holidays" is to be done otherwise.
    private (string Title, double Confidence)? Missing(string title)
    {
        if (lexicon.Buy.Match(title) is not { Success: true } buy || buy.Length >= title.Length) return null;
        var thing = Titles.Of(title[buy.Length..], lexicon).Title;
        var words = Categories.WordsOf(thing).ToList();
        if (words.Count == 0) return null;
        var buyable = words.Count <= FewWords || words.Any(word => lexicon.Categories.Knows(word, "shopping"));
        return buyable ? (Bought(thing), Sure) : (thing, Likely);
    }

    // Nothing but things to buy: "milk, eggs and oat milk".
    private bool IsShopping(string title) =>
        lexicon.Separator.Split(title).All(part => Categories.WordsOf(part).ToList() is [.., var last] and { Count: <= FewWords }
            && lexicon.Categories.Knows(last, "shopping"));

    private string Bought(string things)
    {
        var inside = lexicon.Data.VerbsLast || things.Length == 0 ? things : char.ToLowerInvariant(things[0]) + things[1..];
        return Titles.Capitalise(string.Format(CultureInfo.InvariantCulture, lexicon.Data.BuyTemplate, inside));
    }

    private string Event(string title) => Titles.Of(lexicon.EventAfter.Replace(title, ""), lexicon).Title;

    private bool IsVague(string core, bool verb, bool follows)
    {
        var title = Titles.Of(core, lexicon).Title;
        if (!verb) return lexicon.Vague.IsMatch(title);
        var thing = Verbs.ObjectOf(title, lexicon);
        // Alone, "hoover" says it all and "call" does not.
        return thing.Length == 0 ? lexicon.Categories.Of(title) is "other" or "shopping" or "finance" or "errands" : !follows && lexicon.Vague.IsMatch(thing);
    }
}
