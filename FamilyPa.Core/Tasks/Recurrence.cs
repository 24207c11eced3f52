using System.Text.RegularExpressions;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;
using NodaTime.Text;
using Period = NodaTime.Period;

namespace FamilyPa.Core.Tasks;

/// <summary>How often a task comes up again: a rule of days (RRULE of RFC 5545, daily or slower), or a time after it was done.</summary>
/// <param name="Rule">Normalised; what the database stores.</param>
public sealed partial record Recurrence(string Rule)
{
    private const string AfterDonePrefix = "AFTER_DONE=";

    /// <summary>Steps without a date, so that a rule that no day matches ends.</summary>
    private static readonly EvaluationOptions Bounded = new() { MaxUnmatchedIncrementsLimit = 1000 };

    private static readonly Dictionary<string, Regex> Parts = new()
    {
        ["FREQ"] = new("^(DAILY|WEEKLY|MONTHLY|YEARLY)$"),
        ["INTERVAL"] = new("^[1-9][0-9]{0,2}$"),
        ["COUNT"] = new("^[1-9][0-9]{0,2}$"),
        ["UNTIL"] = new("^2[01][0-9]{6}(T[0-9]{6}Z?)?$"),
        ["BYDAY"] = ListOf("([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"),
        ["BYMONTHDAY"] = ListOf("-?([1-9]|[12][0-9]|3[01])"),
        ["BYMONTH"] = ListOf("([1-9]|1[0-2])"),
        ["BYSETPOS"] = ListOf("-?[1-5]"),
        ["WKST"] = new("^(MO|SU)$"),
    };

    /// <summary>Null for a rule of days.</summary>
    public Period? AfterDone { get; private init; }

    /// <summary>By name, as RFC 5545 writes them.</summary>
    public IReadOnlyDictionary<string, string> Values { get; private init; } = new Dictionary<string, string>();

    /// <returns>Null for an invalid rule, or one that no day matches.</returns>
    public static Recurrence? Parse(string? text)
    {
        var rule = (text ?? "").ToUpperInvariant().Replace(" ", "").Replace("RRULE:", "").TrimEnd(';');
        if (AfterDonePattern().Match(rule) is { Success: true } match)
            return new Recurrence(rule) { AfterDone = PeriodPattern.NormalizingIso.Parse(match.Groups[1].Value).Value };

        var parts = rule.Split(';').Select(part => part.Split('=', 2)).ToList();
        if (rule.Length > 200 || parts.Exists(part => part.Length != 2 || !Parts.TryGetValue(part[0], out var allowed) || !allowed.IsMatch(part[1])))
            return null;
        if (parts.DistinctBy(part => part[0]).Count() != parts.Count)
            return null;
        var values = parts.ToDictionary(part => part[0], part => part[0] == "UNTIL" ? part[1][..8] : part[1]);
        if (!IsAllowed(values))
            return null;

        var recurrence = new Recurrence(string.Join(';', values.OrderBy(value => value.Key != "FREQ").Select(value => $"{value.Key}={value.Value}"))) { Values = values };
        var endless = string.Join(';', values.Where(value => value.Key is not ("UNTIL" or "COUNT")).Select(value => $"{value.Key}={value.Value}"));
        return new Recurrence(endless).From(new LocalDate(2024, 1, 1)).Any() ? recurrence : null;
    }

    /// <summary>The dates of a series after its first, in order. Empty for one that depends on when it was done.</summary>
    public IEnumerable<LocalDate> After(LocalDate first) => From(first).Where(date => date > first);

    /// <summary>The first date that is not before a day.</summary>
    public LocalDate First(LocalDate day) => From(day).Append(day).First();

    public bool Equals(Recurrence? other) => other?.Rule == Rule;

    public override int GetHashCode() => Rule.GetHashCode(StringComparison.Ordinal);

    private static Regex ListOf(string item) => new($"^{item}(,{item}){{0,30}}$");

    private static bool IsAllowed(Dictionary<string, string> values)
    {
        if (!values.TryGetValue("FREQ", out var frequency) || (values.ContainsKey("COUNT") && values.ContainsKey("UNTIL")))
            return false;
        if (values.TryGetValue("UNTIL", out var until) && !LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd").Parse(until).Success)
            return false;
        // RFC 5545, 3.3.10: a numbered weekday is one of a month or a year, and weeks have no days of the month.
        return (frequency is "MONTHLY" or "YEARLY" || !values.TryGetValue("BYDAY", out var days) || !days.Any(char.IsDigit))
            && !(frequency == "WEEKLY" && values.ContainsKey("BYMONTHDAY"));
    }

    /// <summary>The rule's dates from a day on, which is among them only if the rule matches it.</summary>
    private IEnumerable<LocalDate> From(LocalDate first)
    {
        if (AfterDone is not null)
            yield break;
        using var dates = new RecurrencePatternEvaluator(new RecurrenceRule(Rule))
            .Evaluate(new CalDateTime(first.ToDateOnly()), periodStart: null, Bounded).GetEnumerator();
        while (MoveNext(dates))
            yield return LocalDate.FromDateOnly(dates.Current.StartTime.Date);
    }

    private static bool MoveNext(IEnumerator<Ical.Net.DataTypes.Period> dates)
    {
        try
        {
            return dates.MoveNext();
        }
        catch (EvaluationException)
        {
            return false;
        }
    }

    [GeneratedRegex($"^{AfterDonePrefix}(P[1-9][0-9]{{0,2}}[DWMY])$")]
    private static partial Regex AfterDonePattern();
}
