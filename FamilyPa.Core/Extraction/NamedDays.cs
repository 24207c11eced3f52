using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FamilyPa.Core.Replies;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>The weekdays that a message names in its own words, and what else in it can explain a due date.</summary>
internal sealed partial class NamedDays
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Short words may stand before it ("Friday the 3rd", "el viernes a las 9").</summary>
    private const string Number = @"(?:[\s,.(]+(?:\p{L}{1,3}\.?\s+){0,2}\d{1,2}(?:[:.]\d{2})?(?!\d))?";

    private static readonly ConcurrentDictionary<(string Language, bool Short), Regex?> WeekdayPatterns = new();
    private static readonly ConcurrentDictionary<string, Regex> RelativePatterns = new();

    private readonly HashSet<IsoDayOfWeek> weekdays = [];
    private readonly HashSet<LocalDate> dates = [];
    private readonly HashSet<int> daysOfMonth;

    /// <param name="language">BCP 47 tag of the message's language. Day names of <paramref name="locale"/> and of the reply languages count as well.</param>
    /// <param name="names">Of people: who is called Domingo is no Sunday.</param>
    public NamedDays(string message, string? language, string locale, LocalDate today, IEnumerable<string> names)
    {
        var people = names.SelectMany(name => name.Split(' ')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var own = Phrases.LanguageOf(language);
        var rest = Quotation().Replace(message, " ");
        foreach (var tongue in Phrases.Languages.Append(own).Append(Phrases.LanguageOf(locale)).Distinct())
        {
            if (WeekdayPatterns.GetOrAdd((tongue, tongue == own), Weekdays) is not { } pattern)
                continue;
            weekdays.UnionWith(pattern.Matches(rest).Where(match => !match.Groups["another"].Success && !people.Contains(match.Groups["day"].Value)).Select(Weekday));
            rest = pattern.Replace(rest, " ");
        }

        foreach (var tongue in Phrases.Languages)
            dates.UnionWith(RelativePatterns.GetOrAdd(tongue, RelativeDays).Matches(rest).Select(match => today.PlusDays(DaysAhead(match))));
        daysOfMonth = [.. DayOfMonth().Matches(rest).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
    }

    /// <summary>
    /// Whether the message names a weekday on which none of its tasks is due, and explains in no other way why one is due on this date.
    /// </summary>
    /// <param name="all">When the message's tasks are due.</param>
    public bool Contradict(LocalDateTime due, IReadOnlyCollection<LocalDateTime> all) =>
        !Candidates(due).Any(date => weekdays.Contains(date.DayOfWeek) || dates.Contains(date) || daysOfMonth.Contains(date.Day))
        && weekdays.Except(all.SelectMany(Candidates).Select(date => date.DayOfWeek)).Any();

    /// <summary>"Friday night at 1" is on Saturday.</summary>
    private static IEnumerable<LocalDate> Candidates(LocalDateTime due) => due.Hour < 5 ? [due.Date, due.Date.PlusDays(-1)] : [due.Date];

    private static IsoDayOfWeek Weekday(Match match) =>
        Enum.GetValues<IsoDayOfWeek>().First(day => day != IsoDayOfWeek.None && match.Groups[$"{day}"].Success);

    private static int DaysAhead(Match match) => match.Groups["today"].Success ? 0 : match.Groups["tomorrow"].Success ? 1 : 2;

    /// <summary>
    /// A weekday with what belongs to it: its day of the month, its time, "morgen" where that is its morning. Compounds count ("Freitagabend"), but not
    /// one letter more ("Montage"). The group <c>another</c> is a word that makes it another day ("before Friday").
    /// </summary>
    private static Regex? Weekdays((string Language, bool Short) key)
    {
        if (FormatOf(key.Language) is not { } format)
            return null;
        // Scripts without capitals write words together, or put prepositions before the name without a space.
        var (start, end) = char.IsLower(char.ToLowerInvariant(format.DayNames[0][0])) ? (@"(?<!\p{L})", @"(?:s|\p{L}{2,})?(?!\p{L})") : ("", "");
        // The longest first: in Turkish "pazartesi", Monday, begins as "pazar", Sunday.
        var days = string.Join('|', Enumerable.Range(0, 7).OrderByDescending(i => format.DayNames[i].Length).Select(i => $"(?<{(IsoDayOfWeek)(i == 0 ? 7 : i)}>{AnyOf([format.DayNames[i]])}{Abbreviation(i)})"));
        var (another, part) = Phrases.Speaks(key.Language) && Phrases.Of(key.Language).Days is { } words
            ? ($@"(?:(?<another>{AnyOf(words.AnotherThan)})\s+(?:\p{{L}}{{1,4}}\s+)?)?", $@"(?:\s+(?:\p{{L}}{{1,3}}\s+){{0,2}}(?:{AnyOf(words.Tomorrow)})(?!\p{{L}}))?")
            : ("", "");
        return new Regex($"{start}{another}(?<day>{days}){end}{Number}{part}", Options);

        // Only before a number, for many are words as well: "sun", "mar", "so".
        string Abbreviation(int day) => key.Short ? $@"|{AnyOf([format.AbbreviatedDayNames[day].TrimEnd('.')])}(?=\.?\s+\d)" : "";
    }

    private static Regex RelativeDays(string language)
    {
        var days = Phrases.Of(language).Days;
        return new Regex(
            $@"(?<!\p{{L}})(?:(?<today>{AnyOf(days.Today)})|(?<tomorrow>{AnyOf(days.Tomorrow)})|(?<later>{AnyOf(days.DayAfterTomorrow)}))(?!\p{{L}})", Options);
    }

    /// <summary>Null for an unknown language.</summary>
    private static DateTimeFormatInfo? FormatOf(string language)
    {
        try
        {
            return language.Length == 0 ? null : CultureInfo.GetCultureInfo(language, predefinedOnly: true).DateTimeFormat;
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Accents may be left out.</summary>
    private static string AnyOf(IEnumerable<string> words) =>
        string.Join('|', words.SelectMany(word => new[] { word, WithoutAccents(word) }).Distinct().OrderByDescending(word => word.Length).Select(Regex.Escape));

    private static string WithoutAccents(string word) =>
        string.Concat(word.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark));

    /// <summary>Quoted words, or a title.</summary>
    [GeneratedRegex("""["“”„«»‘][^"“”„«»’\n]{1,200}["“”«»’]|(?<!\p{L})'[^'\n]{1,200}'(?!\p{L})""")]
    private static partial Regex Quotation();

    /// <summary>A number that is no time of day, and no part of a name ("A4").</summary>
    [GeneratedRegex(@"(?<![\d:A-Za-z])\d{1,2}(?![\d:]|\s?(?:[ap]\.?m|h|uhr)\b)", RegexOptions.IgnoreCase)]
    private static partial Regex DayOfMonth();
}
