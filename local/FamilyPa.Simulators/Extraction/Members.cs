using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>The family's members as they can be named in a text: by their whole name or their first name.</summary>
internal sealed class Members
{
    private readonly Dictionary<string, string> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Regex> beginnings = [];
    private readonly List<Regex> endings = [];
    private readonly Regex? nameFirst;
    private readonly Regex? has;
    private readonly Regex? needs;

    public Members(IReadOnlyList<string> names, string? sender, Lexicon lexicon)
    {
        foreach (var name in names)
        {
            byName.TryAdd(name, name);
            byName.TryAdd(name.Split(' ')[0], name);
        }

        Sender = sender is not null && byName.TryGetValue(sender, out var known) ? known : null;
        if (byName.Count == 0) return;
        var choice = string.Join('|', byName.Keys.OrderByDescending(name => name.Length).Select(Regex.Escape));
        var and = lexicon.Data.And.Length == 0 ? "," : lexicon.Data.And;
        var any = $@"(?<who>{choice})(?:\s*(?:,|&|\s{and}\s)\s*(?<also>{choice}))*";
        string With(string pattern) => pattern.Replace("{name}", any, StringComparison.Ordinal);
        beginnings.AddRange(lexicon.Data.Assign.Select(pattern => Lexicon.Of($@"^(?:{With(pattern)})(?<![\p{{L}}])")));
        endings.AddRange(lexicon.Data.AssignAfter.Select(pattern => Lexicon.Of(With(pattern))));
        nameFirst = Lexicon.Of($@"^{any}(?!\p{{L}}),?\s+");
        has = lexicon.Data.Has.Length == 0 ? null : Lexicon.Of($@"^{any}\s*(?:{lexicon.Data.Has})\s+");
        needs = lexicon.Data.Needs.Length == 0 ? null : Lexicon.Of($@"^{any}\s+(?:{lexicon.Data.Needs})");
    }

    /// <summary>The sender, where the sender is a member.</summary>
    public string? Sender { get; }

    public bool IsName(string text) => byName.ContainsKey(text.Trim());

    public string? Find(string text) => byName.GetValueOrDefault(text.Trim());

    /// <summary>"Ben should take out the bins": who, and what is left.</summary>
    public (string? Who, string Left)? Beginning(string text) => First(beginnings, text);

    /// <summary>"Take out the bins (Ben)".</summary>
    public (string? Who, string Left)? Ending(string text) => First(endings, text);

    /// <summary>"Ben take out the bins": the caller decides whether what is left is a task.</summary>
    public (string? Who, string Left)? NameFirst(string text) => nameFirst is null ? null : First([nameFirst], text);

    /// <summary>"Ben has football".</summary>
    public (string? Who, string Left)? Has(string text) => has is null ? null : First([has], text);

    /// <summary>"Ben needs a haircut".</summary>
    public bool Needs(string text) => needs is not null && needs.IsMatch(text);

    private (string? Who, string Left)? First(IEnumerable<Regex> patterns, string text)
    {
        var match = patterns.Select(pattern => pattern.Match(text)).FirstOrDefault(found => found.Success);
        if (match is null) return null;
        // Two of them share it: then it is nobody's alone.
        return (match.Groups["also"].Success ? null : byName[match.Groups["who"].Value], text.Remove(match.Index, match.Length));
    }
}
