namespace FamilyPa.Simulators.Extraction;

/// <summary>A clause without its courtesies: what is left, and what they told.</summary>
/// <param name="Core">Dates that stood in front have moved to the end.</param>
/// <param name="Asked">It was put as something to be done: "can you", "remind me to", "Ben should".</param>
/// <param name="Assignee">A member's name.</param>
/// <param name="LeadingDate">It began with a date, which then holds for what follows too.</param>
internal sealed record Beginning(string Core, bool Asked, string? Assignee, bool LeadingDate)
{
    private const int MaxSteps = 10;
    private const char LastDate = '\uE0FF';
    private static readonly char[] NoWords = [' ', ',', '.', '!', .. Enumerable.Range(Lexicon.FirstDate, LastDate - Lexicon.FirstDate + 1).Select(sign => (char)sign)];

    public static Beginning Of(string clause, Lexicon lexicon, Members members)
    {
        var found = new Beginning(clause.TrimStart(' ', ',', '.', '!', ':', ';', '-', '–', '—', '>', '(', '"', '\'', '¡', '¿'), false, null, false);
        for (var step = 0; step < MaxSteps; step++)
        {
            var next = Step(found, lexicon, members);
            if (next == found) break;
            found = next;
        }

        return found with { Core = found.Core.Trim() };
    }

    private static Beginning Step(Beginning found, Lexicon lexicon, Members members)
    {
        var core = found.Core;
        var lead = lexicon.LeadingLead.Match(core).Length;
        if (core.Length > lead && IsDate(core[lead]))
        {
            var rest = core[(lead + 1)..].TrimStart(' ', ',', ':', '-', '–');
            // "Friday's party" is a thing, not a day.
            if (rest.StartsWith("'s ", StringComparison.Ordinal) || rest.Trim(NoWords).Length == 0) return found;
            return found with { Core = $"{rest} {core[lead]}", LeadingDate = true };
        }

        if (WithoutDate(core, out var at) is { } straight && (lexicon.Self.Match(straight).Length > at || lexicon.Request.Match(straight).Length > at))
            core = straight;
        if (lexicon.Self.Match(core) is { Success: true } self)
            return found with { Core = core[self.Length..], Asked = true, Assignee = found.Assignee ?? members.Sender };
        if (lexicon.Request.Match(core) is { Success: true } request) return found with { Core = core[request.Length..], Asked = true };
        if (lexicon.Noise.Match(core) is { Success: true } noise) return found with { Core = core[noise.Length..] };
        if (found.Assignee is null && members.Beginning(core) is { } given)
            return found with { Core = given.Left, Asked = true, Assignee = given.Who };
        if (found.Assignee is null && members.NameFirst(core) is { } named && Verbs.Begin(named.Left, lexicon, members, strict: false))
            return found with { Core = named.Left, Asked = true, Assignee = named.Who };
        return found;
    }

    // "Remind me tomorrow to call": the date has slipped into the courtesy.
    private static string? WithoutDate(string core, out int at)
    {
        at = core.AsSpan().IndexOfAnyInRange(Lexicon.FirstDate, LastDate);
        return at <= 0 ? null : $"{core[..at].TrimEnd()} {core[(at + 1)..].TrimStart()} {core[at]}";
    }

    public static bool IsDate(char character) => character is >= Lexicon.FirstDate and <= LastDate;
}
