using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Decides whether a clause is a task.</summary>
internal sealed class ClauseReader(Lexicon lexicon, IReadOnlyList<string> members, string? sender)
{
    public const double Certain = 0.9;
    private const double Likely = 0.85;
    private const double Unclear = 0.4;
    private const int FewWords = 3;

    private readonly Regex? requestByName = RequestByName(lexicon, members);

    /// <returns>Null if the clause is no task. An unclear task has a question.</returns>
    public (ExtractedTask Task, string? Question)? Read(string clause, IReadOnlyList<DateMention> dates)
    {
        var (text, dueAt) = DueDate.TakeFrom(clause, dates, lexicon);
        var (title, isRequest, assignee) = WithoutRequest(text.Trim());
        title = Title(title);
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

        ExtractedTask Task(double confidence) => new(title, null, dueAt, assignee, lexicon.CategoryOf(title), confidence);
    }

    /// <summary>The text with a capital and without punctuation at its ends.</summary>
    public static string Title(string text)
    {
        var bare = Regex.Replace(text, @"\s+", " ").Trim(' ', ',', ';', ':', '.', '!', '?', '-', '*', '•', '¡', '¿', '…');
        return bare.Length == 0 ? "" : char.ToUpperInvariant(bare[0]) + bare[1..];
    }

    private (string Text, bool IsRequest, string? Assignee) WithoutRequest(string text)
    {
        var (isRequest, assignee) = (false, (string?)null);
        while (true)
        {
            if (lexicon.Courtesy.Match(text) is { Success: true } courtesy) text = text[courtesy.Length..];
            else if (lexicon.RequestBySender.Match(text) is { Success: true } own) (text, isRequest, assignee) = (text[own.Length..], true, sender);
            else if (requestByName?.Match(text) is { Success: true } named)
                (text, isRequest, assignee) = (text[named.Length..], true, MemberOf(named.Groups["name"].Value));
            else if (lexicon.Request.Match(text) is { Success: true } request) (text, isRequest) = (text[request.Length..], true);
            else return (text, isRequest, assignee);
        }
    }

    private string? MemberOf(string name) => members.FirstOrDefault(member => NamesOf(member).Contains(name, StringComparer.OrdinalIgnoreCase));

    private static Regex? RequestByName(Lexicon lexicon, IReadOnlyList<string> members)
    {
        if (members.Count == 0) return null;
        var names = $"(?<name>{string.Join('|', members.SelectMany(NamesOf).Select(Regex.Escape))})";
        var patterns = lexicon.RequestsByName.Select(pattern => pattern.Replace("{name}", names, StringComparison.Ordinal));
        return Lexicon.Pattern($@"^(?:{string.Join('|', patterns)})(?!\p{{L}})[\s,:]*");
    }

    private static IEnumerable<string> NamesOf(string member) => [member, member.Split(' ')[0]];
}
