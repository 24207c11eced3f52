using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Decides whether a clause is a task.</summary>
internal sealed partial class ClauseReader(Lexicon lexicon, IReadOnlyList<string> members, string? sender)
{
    public const double Certain = 0.9;
    private const double Likely = 0.85;
    private const double Unclear = 0.4;
    private const int FewWords = 3;

    private readonly Regex? requestByName = RequestByName(lexicon, members);
    private readonly Regex? forSeveral = members.Count == 0 ? null : Lexicon.Pattern($@"\s+for\s+{Names(lexicon, members, "+")}$");

    /// <returns>Null if the clause is no task. An unclear task has a question.</returns>
    public (ExtractedTask Task, string? Question)? Read(string clause, IReadOnlyList<DateMention> dates)
    {
        var (text, dueAt) = DueDate.TakeFrom(clause, dates, lexicon);
        var (title, isRequest, assignees) = WithoutRequest(text.Trim());
        title = Title(title);
        if (OnList().Match(title) is { Success: true } listed)
        {
            var item = Title(listed.Groups["what"].Value);
            return (new ExtractedTask(item, null, dueAt, listed.Groups["list"].Value.ToLowerInvariant(), Certain) { Assignees = assignees }, null);
        }

        // A present is for one person, a task for one or several.
        if (assignees.Count == 0 && forSeveral?.Match(title) is { Success: true } end) (title, assignees) = (title[..end.Index], MembersOf(end));
        var words = Lexicon.Words(title);
        if (!title.Any(char.IsLetter) || lexicon.SmallTalk.IsMatch(title)) return null;

        var hasVerb = lexicon.HasVerb(title);
        if (!hasVerb && !isRequest && clause.TrimEnd() is [.., '?' or ':']) return null;
        var isVague = hasVerb && (words.Length == 1 || lexicon.VagueObject.IsMatch(title));
        if ((hasVerb || isRequest) && !isVague) return (Task(Certain), null);
        if (!hasVerb && dueAt is not null) return (Task(Likely), null);
        return isVague || words.Length <= FewWords
            ? (Task(Unclear), string.Format(CultureInfo.InvariantCulture, lexicon.ClarifyingQuestion, title))
            : null;

        ExtractedTask Task(double confidence) => new(title, null, dueAt, lexicon.CategoryOf(title), confidence) { Assignees = assignees };
    }

    /// <summary>The text with a capital and without punctuation at its ends.</summary>
    public static string Title(string text)
    {
        var bare = Regex.Replace(text, @"\s+", " ").Trim(' ', ',', ';', ':', '.', '!', '?', '-', '*', '•', '¡', '¿', '…');
        return bare.Length == 0 ? "" : char.ToUpperInvariant(bare[0]) + bare[1..];
    }

    private (string Text, bool IsRequest, IReadOnlyList<string> Assignees) WithoutRequest(string text)
    {
        var (isRequest, assignees) = (false, (IReadOnlyList<string>)[]);
        while (true)
        {
            if (lexicon.Courtesy.Match(text) is { Success: true } courtesy) text = text[courtesy.Length..];
            else if (lexicon.RequestBySender.Match(text) is { Success: true } own) (text, isRequest, assignees) = (text[own.Length..], true, sender is null ? [] : [sender]);
            else if (requestByName?.Match(text) is { Success: true } named)
                (text, isRequest, assignees) = (text[named.Length..], true, MembersOf(named));
            else if (lexicon.Request.Match(text) is { Success: true } request) (text, isRequest) = (text[request.Length..], true);
            else return (text, isRequest, assignees);
        }
    }

    private List<string> MembersOf(Match match) =>
        [.. match.Groups["name"].Captures.Select(name => members.FirstOrDefault(member => NamesOf(member).Contains(name.Value, StringComparer.OrdinalIgnoreCase))).OfType<string>().Distinct()];

    private static Regex? RequestByName(Lexicon lexicon, IReadOnlyList<string> members)
    {
        if (members.Count == 0) return null;
        var patterns = lexicon.RequestsByName.Select(pattern => pattern.Replace("{name}", Names(lexicon, members, "*"), StringComparison.Ordinal));
        return Lexicon.Pattern($@"^(?:{string.Join('|', patterns)})(?!\p{{L}})[\s,:]*");
    }

    /// <summary>One name, or several: "Ben, Zoë and Ann".</summary>
    /// <param name="further">How many more names than one there may be, as a quantifier.</param>
    private static string Names(Lexicon lexicon, IReadOnlyList<string> members, string further)
    {
        var name = $"(?<name>{string.Join('|', members.SelectMany(NamesOf).Select(Regex.Escape))})";
        return $@"{name}(?:(?:\s*,\s*|\s*,?\s+{lexicon.Joiner}\s+){name}){further}";
    }

    [GeneratedRegex(@"^(?:(?:put|add)\s+)?(?<what>.+?)\s+(?:on|onto|to)\s+(?:the|my|our)\s+(?<list>\S+(?:\s+\S+){0,2})\s+list$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OnList();

    private static IEnumerable<string> NamesOf(string member) => [member, member.Split(' ')[0]];
}
