using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Reads the common English forms of how often something is to be done, as a rule of RFC 5545.</summary>
internal static partial class RhythmReader
{
    private const string Day = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";

    public static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth"];

    /// <returns>The clause without its rhythm, of the same length, and the date on which it begins. The rule is null where there is none.</returns>
    public static (string Clause, IReadOnlyList<DateMention> Dates, string? Rule) TakeFrom(string clause, IReadOnlyList<DateMention> dates, DateTime now)
    {
        if (Pattern().Match(clause) is not { Success: true } match) return (clause, dates, null);
        var rule = RuleOf(match);
        var end = match.Index + match.Length;
        var until = dates.FirstOrDefault(date => Until().IsMatch(clause[..date.Index]));
        if (until is not null) rule += $";UNTIL={until.Date:yyyyMMdd}";
        else if (Times().Match(clause) is { Success: true } times) rule += $";COUNT={times.Groups["count"].Value}";

        var inside = dates.Where(date => date.Index < end && match.Index < date.Index + date.Length).ToList();
        var time = inside.Select(date => date.Time).FirstOrDefault(time => time is not null)
            ?? dates.FirstOrDefault(date => date != until && !date.HasDay)?.Time ?? PartOfDay(match.Groups["part"].Value);
        var first = inside.Count == 0 ? dates.FirstOrDefault(date => date != until && date.HasDay) : null;
        var blank = clause.ToCharArray();
        var left = Until().Match(until is null ? "" : clause[..until.Index]) is { Success: true } word ? word.Index : clause.Length;
        Blank(match.Index, end);
        foreach (var date in dates) Blank(date.Index, date.Index + date.Length);
        if (until is not null) Blank(left, until.Index);
        if (Times().Match(clause) is { Success: true } count) Blank(count.Index, count.Index + count.Length);

        IReadOnlyList<DateMention> begin = first is not null
            ? [first with { Index = match.Index, Length = 0, Time = first.Time ?? time }]
            : time is null ? [] : [new DateMention(match.Index, 0, FirstDay(rule, DateOnly.FromDateTime(now).AddDays(time > TimeOnly.FromDateTime(now) ? 0 : 1)), time, HasDay: true)];
        return (new string(blank), begin, rule);

        void Blank(int from, int to)
        {
            // With the preposition before it: "at 6".
            var before = Preposition().Match(clause[..from]);
            Array.Fill(blank, ' ', from - before.Length, to - from + before.Length);
        }
    }

    private static string RuleOf(Match match)
    {
        var days = string.Join(',', Regex.Matches(match.Groups["days"].Value, Day, RegexOptions.IgnoreCase).Select(day => day.Value[..2].ToUpperInvariant()));
        var interval = match.Groups["other"].Success ? 2 : int.TryParse(match.Groups["n"].Value, CultureInfo.InvariantCulture, out var n) ? n : 1;
        var every = interval == 1 ? "" : $";INTERVAL={interval}";
        if (match.Groups["after"].Success) return $"AFTER_DONE=P{interval}{char.ToUpperInvariant(match.Groups["after"].Value[0])}";
        if (match.Groups["nth"].Success)
            return $"FREQ=MONTHLY;BYDAY={(match.Groups["nth"].Value.ToLowerInvariant() is var nth && nth == "last" ? -1 : Array.IndexOf(Ordinals, nth) + 1)}{days}";
        if (days.Length > 0) return $"FREQ=WEEKLY{every};BYDAY={days}";
        if (match.Groups["date"].Success) return $"FREQ=MONTHLY{every};BYMONTHDAY={match.Groups["date"].Value}";
        if (match.Groups["end"].Success) return "FREQ=MONTHLY;BYMONTHDAY=-1";
        return match.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "weekday" or "weekdays" => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "weekend" or "weekends" => "FREQ=WEEKLY;BYDAY=SA,SU",
            "week" or "weekly" => $"FREQ=WEEKLY{every}",
            "month" or "monthly" => $"FREQ=MONTHLY{every}",
            "year" or "yearly" => $"FREQ=YEARLY{every}",
            _ => $"FREQ=DAILY{every}",
        };
    }

    private static DateOnly FirstDay(string rule, DateOnly earliest)
    {
        var wanted = BeginsOn().Match(rule);
        return Enumerable.Range(0, 62).Select(earliest.AddDays).FirstOrDefault(Matches, earliest);

        bool Matches(DateOnly day) => wanted.Groups["days"].Success
            ? wanted.Groups["days"].Value.Contains(day.DayOfWeek.ToString()[..2].ToUpperInvariant(), StringComparison.Ordinal)
                && (wanted.Groups["nth"].Value is var nth && nth switch
                {
                    "" => true,
                    "-1" => day.AddDays(7).Month != day.Month,
                    _ => (day.Day + 6) / 7 == int.Parse(nth, CultureInfo.InvariantCulture),
                })
            : wanted.Groups["date"].Success ? wanted.Groups["date"].Value == (day.AddDays(1).Month == day.Month ? $"{day.Day}" : "-1") : true;
    }

    private static TimeOnly? PartOfDay(string part) => part.ToLowerInvariant() switch
    {
        "morning" => new TimeOnly(9, 0),
        "afternoon" => new TimeOnly(15, 0),
        "evening" or "night" => new TimeOnly(20, 0),
        _ => null,
    };

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace;

    [GeneratedRegex($$"""
        \b(?:
          (?:on\ )?(?:every|each|the)\s+(?<nth>first|second|third|fourth|last)\s+(?<days>{{Day}})\s+(?:of|in)\s+(?:the|every|each)\s+month
          |(?:every|each)\s+(?:(?<other>other|second)\s+)?(?<days>{{Day}}s?(?:(?:,\s*|\s+and\s+|,\s+and\s+){{Day}}s?)*)
          |on\s+(?<days>{{Day}}s(?:(?:,\s*|\s+and\s+|,\s+and\s+){{Day}}s)*)
          |(?:every\s+month\s+)?on\s+the\s+(?<date>\d{1,2})(?:st|nd|rd|th)(?:\s+of\s+(?:the|every|each)\s+month|(?<=every\s+month.*))
          |(?:on\s+the\s+last\s+day\s+of|at\s+the\s+end\s+of)\s+(?<end>every|each)\s+month
          |(?:every|each)\s+(?<part>morning|afternoon|evening|night)
          |(?:every|each)\s+(?:(?<other>other|second)\s+|(?<n>\d{1,3})\s+)?(?<unit>weekday|weekend|day|week|month|year)s?
          |(?:on\s+|at\s+)?(?<unit>weekdays|weekends)
          |(?<unit>daily|weekly|monthly|yearly)$
          |(?<n>\d{1,3}|an?)\s+(?<after>day|week|month|year)s?\s+after\s+(?:it(?:'s|\s+is|\s+was)\s+)?(?:last\s+)?done
        )\b
        """, Options)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\b(?:until|till)\s+(?:the\s+)?$", Options)]
    private static partial Regex Until();

    [GeneratedRegex(@"\b(?<count>\d{1,3})\s+times\b", Options)]
    private static partial Regex Times();

    [GeneratedRegex(@"(?:\b(?:at|by|from|starting|beginning|on)\s+)*$", Options)]
    private static partial Regex Preposition();

    [GeneratedRegex(@"BYDAY=(?<nth>-?\d)?(?<days>[A-Z,]+)|BYMONTHDAY=(?<date>-?\d+)")]
    private static partial Regex BeginsOn();
}
