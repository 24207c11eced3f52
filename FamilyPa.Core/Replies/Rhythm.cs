using FamilyPa.Core.Tasks;
using NodaTime;
using NodaTime.Text;

namespace FamilyPa.Core.Replies;

/// <summary>How to say how often a task comes up again. Lists have the words for one, and for several, whose number is {0}.</summary>
public sealed class RhythmWords
{
    public required IReadOnlyList<string> Daily { get; init; }

    public required IReadOnlyList<string> Weekly { get; init; }

    public required IReadOnlyList<string> Monthly { get; init; }

    public required IReadOnlyList<string> Yearly { get; init; }

    public required IReadOnlyList<string> DaysAfter { get; init; }

    public required IReadOnlyList<string> WeeksAfter { get; init; }

    public required IReadOnlyList<string> MonthsAfter { get; init; }

    public required IReadOnlyList<string> YearsAfter { get; init; }

    /// <summary>From Monday to Friday.</summary>
    public required string Weekdays { get; init; }

    /// <summary>{0}: weekdays.</summary>
    public required string OnWeekday { get; init; }

    /// <summary>{0}: one of <see cref="Weekly"/>; {1}: weekdays.</summary>
    public required string WeeklyOn { get; init; }

    /// <summary>{0}: one of <see cref="Monthly"/>; {1}: a day of the month.</summary>
    public required string MonthlyOn { get; init; }

    /// <summary>{0}: one of <see cref="Monthly"/>.</summary>
    public required string OnLastDay { get; init; }

    /// <summary>{0}: one of <see cref="Monthly"/>; {1}: one of <see cref="Ordinals"/>; {2}: a weekday.</summary>
    public required string OnNth { get; init; }

    /// <summary>First to fifth, and last.</summary>
    public required IReadOnlyList<string> Ordinals { get; init; }

    /// <summary>Between the last two of several weekdays, or people.</summary>
    public required string And { get; init; }

    /// <summary>{0}: how often; {1}: the last date.</summary>
    public required string Until { get; init; }

    /// <summary>{0}: how often; {1}: how many times in all.</summary>
    public required string Times { get; init; }

    /// <summary>{0}: how often; {1}: when it is due next.</summary>
    public required string Next { get; init; }
}

/// <summary>Says how often a task recurs. For an unusual rule it says only the frequency.</summary>
internal static class Rhythm
{
    private static readonly string[] Days = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

    public static string Of(Recurrence recurrence, Wording wording)
    {
        var words = wording.Phrases.Rhythm;
        if (recurrence.AfterDone is { } after)
        {
            return after switch
            {
                { Years: > 0 } => Count(words.YearsAfter, after.Years),
                { Months: > 0 } => Count(words.MonthsAfter, after.Months),
                { Weeks: > 0 } => Count(words.WeeksAfter, after.Weeks),
                _ => Count(words.DaysAfter, after.Days),
            };
        }

        var interval = int.Parse(Value("INTERVAL") ?? "1", wording.Culture);
        var byDay = Value("BYDAY")?.Split(',') ?? [];
        var rhythm = (Value("FREQ"), byDay) switch
        {
            ("DAILY" or "WEEKLY", ["MO", "TU", "WE", "TH", "FR"]) when interval == 1 => words.Weekdays,
            ("DAILY" or "WEEKLY", [_, ..]) when interval == 1 => wording.Format(words.OnWeekday, Names(byDay)),
            ("DAILY", _) => Count(words.Daily, interval),
            ("WEEKLY", [_, ..]) => wording.Format(words.WeeklyOn, Count(words.Weekly, interval), Names(byDay)),
            ("WEEKLY", _) => Count(words.Weekly, interval),
            ("MONTHLY", [{ Length: > 2 } day]) => wording.Format(words.OnNth, Count(words.Monthly, interval), Ordinal(day[..^2]), Names([day[^2..]])),
            ("MONTHLY", []) when Value("BYMONTHDAY") is "-1" => wording.Format(words.OnLastDay, Count(words.Monthly, interval)),
            ("MONTHLY", []) when Value("BYMONTHDAY") is { } day && day.All(char.IsDigit) => wording.Format(words.MonthlyOn, Count(words.Monthly, interval), day),
            ("MONTHLY", _) => Count(words.Monthly, interval),
            _ => Count(words.Yearly, interval),
        };
        if (Value("UNTIL") is { } until)
            return wording.Format(words.Until, rhythm, Date(LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd").Parse(until).Value));
        return Value("COUNT") is { } count ? wording.Format(words.Times, rhythm, count) : rhythm;

        string? Value(string name) => recurrence.Values.GetValueOrDefault(name);

        string Count(IReadOnlyList<string> one, int number) => number == 1 ? one[0] : wording.Format(one[1], number);

        string Ordinal(string number) => int.Parse(number, wording.Culture) is > 0 and var n ? words.Ordinals[n - 1] : words.Ordinals[^1];

        string Date(LocalDate date) =>
            wording.Fact(wording.Plain(date.ToString("d MMM uuuu", wording.Culture)), culture => date.ToDateTimeUnspecified().ToString("d", culture));

        string Names(IReadOnlyList<string> days) => wording.And([.. days.Select(day => Array.IndexOf(Days, day)).Select(day =>
            wording.Fact(wording.Plain(wording.Culture.DateTimeFormat.DayNames[day]), culture => culture.DateTimeFormat.DayNames[day]))]);
    }
}
