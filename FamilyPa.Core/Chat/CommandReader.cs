using System.Globalization;
using System.Text.RegularExpressions;
using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Chat;

/// <summary>
/// Recognises commands by their words, in all supported languages at once: the webhook does not know the sender yet, and a model would cost money.
/// Only a whole message is a command: "get the laundry done by 2" is none.
/// </summary>
public static partial class CommandReader
{
    /// <summary>Maximum length of a command in characters.</summary>
    private const int Longest = 60;

    /// <summary>Maximum count of numbers in a command: no page of a list shows more tasks.</summary>
    private const int MostNumbers = 20;

    /// <summary>Maximum length of a task's or a member's name in words.</summary>
    private const int LongestName = 3;

    /// <summary>Of a digest for which no time was said.</summary>
    private static readonly TimeOnly Morning = new(7, 0);

    private static readonly ILookup<string, Command> Whole = Phrases.Languages.SelectMany(WholeMessages).ToLookup(entry => entry.Words, entry => entry.Command);
    private static readonly HashSet<string> And = [.. Phrases.Languages.SelectMany(language => Phrases.Of(language).Commands.And).SelectMany(PlainWords.Of)];
    private static readonly IReadOnlyList<ChangeWords> Changes = [.. Phrases.Languages.Order(StringComparer.Ordinal).Select(ChangeWords.Of)];
    private static readonly IReadOnlyList<DoneWords> Done = [.. Phrases.Languages.Order(StringComparer.Ordinal).Select(DoneWords.Of)];

    private static readonly IReadOnlyList<(Regex Words, Command Command)> Lists = [.. Phrases.Languages.Order(StringComparer.Ordinal).SelectMany(NamedLists)];

    /// <returns>Null for an ordinary message. A command that names a task or a list is one only if there is such.</returns>
    public static Command? Read(string body)
    {
        if (body.Length > Longest)
            return null;
        var words = Politeness.Strip(PlainWords.Of(body));
        // A tick before anything but numbers may as well be the mark of a list.
        if (Reaction.IsThumb(body) || (Reaction.IsTicked(body) && (words.Count == 0 || Numbers(words, And) is not null)))
            return new Command(CommandKind.Done, ["en"], Numbers: Numbers(words, And));
        if (Changes.Select(language => ReadChange(words, language)).OfType<Command>().FirstOrDefault() is { } change)
            return change;
        var found = Whole[string.Join(' ', words)].Concat(Done.Select(language => ReadDone(words, language)).OfType<Command>()).ToList();
        return found.Count == 0 ? ReadList(string.Join(' ', words)) : found[0] with { Languages = [.. found.SelectMany(command => command.Languages).Distinct()] };
    }

    private static Command? ReadList(string words)
    {
        var found = Lists.Select(list => (list.Command, Match: list.Words.Match(words))).Where(list => list.Match.Success)
            .Select(list => list.Command with { Named = list.Match.Groups["list"].Value }).OrderBy(command => command.Kind == CommandKind.List).ThenBy(command => command.Named!.Length).ToList();
        return found.Count == 0 ? null : found[0] with { Languages = [.. found.Where(command => command.Named == found[0].Named).SelectMany(command => command.Languages).Distinct()] };
    }

    private static IEnumerable<(Regex, Command)> NamedLists(string language)
    {
        var words = Phrases.Of(language).Commands;
        return [
            (ListNames.Command(words.ListNamed, words.ListCalls), new Command(CommandKind.List, [language])),
            (ListNames.Command(words.ListClear, words.ListCalls), new Command(CommandKind.Clear, [language])),
        ];
    }

    private static IEnumerable<(string Words, Command Command)> WholeMessages(string language)
    {
        var words = Phrases.Of(language).Commands;
        return [
            .. Entries(words.List, new Command(CommandKind.List, [language])),
            .. Entries(words.ListToday, new Command(CommandKind.List, [language], ListScope.Today)),
            .. Entries(words.ListMine, new Command(CommandKind.List, [language], ListScope.Mine)),
            .. Entries(words.ListDone, new Command(CommandKind.List, [language], ListScope.Done)),
            .. Entries(words.Mute, new Command(CommandKind.Mute, [language])),
            .. Entries(words.Unmute, new Command(CommandKind.Unmute, [language])),
            .. Entries(words.DigestOn, new Command(CommandKind.Digest, [language], At: Morning)),
            .. Entries(words.DigestOff, new Command(CommandKind.Digest, [language])),
            .. Entries(words.Undo, new Command(CommandKind.Undo, [language])),
            .. Entries(words.More, new Command(CommandKind.More, [language])),
            .. Entries(words.Board, new Command(CommandKind.Board, [language])),
            .. Entries(words.Help, new Command(CommandKind.Help, [language])),
        ];

        static IEnumerable<(string, Command)> Entries(IEnumerable<string> texts, Command command) =>
            texts.Select(text => string.Join(' ', PlainWords.Of(text))).Distinct().Select(text => (text, command));
    }

    /// <summary>Numbers deleted or assigned, a reminder put off, or a digest wanted at a time.</summary>
    private static Command? ReadChange(List<string> words, ChangeWords known)
    {
        foreach (var delete in known.Delete.Where(delete => PlainWords.Begin(words, delete)))
        {
            if (Numbers(words[delete.Count..], known.And) is { } numbers)
                return new Command(CommandKind.Delete, [known.Language], Numbers: numbers);
        }

        foreach (var snooze in known.Snooze.Where(snooze => PlainWords.Begin(words, snooze)))
        {
            if (words.Count == snooze.Count)
                return new Command(CommandKind.Snooze, [known.Language]);
            if (ReadMinutes(string.Concat(words[snooze.Count..]), known.Minutes) is { } minutes)
                return new Command(CommandKind.Snooze, [known.Language], Minutes: minutes);
        }

        foreach (var (before, between) in known.Assign.Where(assign => PlainWords.Begin(words, assign.Before)))
        {
            var at = words.FindIndex(before.Count, word => word == between.FirstOrDefault());
            if (at > before.Count && Names(words.Skip(at + between.Count), known.Language) is { } names && Numbers(words[before.Count..at], known.And) is { } numbers)
                return new Command(CommandKind.Assign, [known.Language], Numbers: numbers, Members: names);
        }

        foreach (var (before, after) in known.DigestAt.Where(digest => words.Count > digest.Before.Count + digest.After.Count && PlainWords.Begin(words, digest.Before)))
        {
            if (PlainWords.End(words, after) && ReadTime(string.Concat(words[before.Count..^after.Count])) is { } at)
                return new Command(CommandKind.Digest, [known.Language], At: at);
        }

        return null;
    }

    /// <returns>Null when there is none, or one that is too long.</returns>
    private static List<string>? Names(IEnumerable<string> words, string language)
    {
        List<string> names = [.. $" {string.Join(' ', words)} ".Split(Phrases.Of(language).Rhythm.And).Select(name => name.Trim())];
        return names.TrueForAll(name => name.Length > 0 && name.Split(' ').Length <= LongestName) ? names : null;
    }

    /// <summary>A week at most: "1h", "30 min", "2 days".</summary>
    private static int? ReadMinutes(string duration, IReadOnlyDictionary<string, int> units)
    {
        var digits = duration.TakeWhile(char.IsAsciiDigit).Count();
        return units.TryGetValue(duration[digits..], out var unit) && int.TryParse(duration[..digits], CultureInfo.InvariantCulture, out var count) && (long)count * unit is > 0 and <= 7 * 1440 ? count * unit : null;
    }

    /// <summary>"7", "7:30", "7h30", "7pm".</summary>
    private static TimeOnly? ReadTime(string text)
    {
        if (TimeOfDay().Match(text) is not { Success: true } match)
            return null;
        var hour = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var minute = match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (match.Groups[3].Success)
            hour = hour is >= 1 and <= 12 ? hour % 12 + (match.Groups[3].Value == "p" ? 12 : 0) : 24;
        return hour < 24 && minute < 60 ? new TimeOnly(hour, minute) : null;
    }

    [GeneratedRegex(@"\A(\d{1,2})(?:[:.hu]?(\d{2})|[hu])?(?:([ap])\.?m)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeOfDay();

    private static Command? ReadDone(List<string> words, DoneWords language)
    {
        foreach (var done in language.Done)
        {
            var begins = PlainWords.Begin(words, done);
            if (!begins && !PlainWords.End(words, done))
                continue;
            var rest = begins ? words[done.Count..] : words[..^done.Count];
            if (rest.TrueForAll(language.Fillers.Contains))
                return new Command(CommandKind.Done, [language.Language]);
            if (Numbers(rest, language.And) is { } numbers)
                return new Command(CommandKind.Done, [language.Language], Numbers: numbers);
            if (begins && done is [var one] && language.Named.Contains(one) && rest.Count <= LongestName && !rest.Exists(word => word.Any(char.IsDigit)))
                return new Command(CommandKind.Done, [language.Language], Named: string.Join(' ', rest));
        }

        return null;
    }

    /// <returns>Null when there is anything but numbers and separators, or no number.</returns>
    private static List<int>? Numbers(IEnumerable<string> words, IReadOnlySet<string> and)
    {
        List<int> numbers = [];
        foreach (var word in words.Where(word => !and.Contains(word)))
        {
            var ends = word.Split('-', '‐', '–');
            if (ends.Length > 2 || !TryRead(ends[0], out var from) || !TryRead(ends[^1], out var to) || to < from || to - from >= MostNumbers)
                return null;
            numbers.AddRange(Enumerable.Range(from, to - from + 1));
        }

        numbers = [.. numbers.Distinct()];
        return numbers.Count is 0 or > MostNumbers ? null : numbers;

        static bool TryRead(string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 3;
    }

    private sealed record DoneWords(string Language, IReadOnlyList<List<string>> Done, IReadOnlySet<string> Named, IReadOnlySet<string> And, IReadOnlySet<string> Fillers)
    {
        public static DoneWords Of(string language)
        {
            var words = Phrases.Of(language).Commands;
            return new DoneWords(
                language, [.. words.Done.Select(PlainWords.Of)], words.DoneNamed.SelectMany(PlainWords.Of).ToHashSet(), words.And.SelectMany(PlainWords.Of).ToHashSet(),
                words.DoneFillers.SelectMany(PlainWords.Of).ToHashSet());
        }
    }

    private sealed record ChangeWords(
        string Language, IReadOnlyList<List<string>> Delete, IReadOnlyList<List<string>> Snooze, IReadOnlyList<(List<string> Before, List<string> Between)> Assign,
        IReadOnlyList<(List<string> Before, List<string> After)> DigestAt, IReadOnlySet<string> And, IReadOnlyDictionary<string, int> Minutes)
    {
        public static ChangeWords Of(string language)
        {
            var words = Phrases.Of(language).Commands;
            return new ChangeWords(
                language, [.. words.Delete.Select(PlainWords.Of)], [.. words.Snooze.Select(PlainWords.Of)],
                [.. words.Assign.Select(pattern => Around(pattern.Replace("{1}", "", StringComparison.Ordinal)))], [.. words.DigestAt.Select(Around)],
                words.And.SelectMany(PlainWords.Of).ToHashSet(),
                words.Minutes.GroupBy(unit => string.Join(' ', PlainWords.Of(unit.Key)), unit => unit.Value).ToDictionary(unit => unit.Key, unit => unit.First()));
        }

        private static (List<string> Before, List<string> After) Around(string pattern)
        {
            var parts = pattern.Split("{0}");
            return (PlainWords.Of(parts[0]), PlainWords.Of(parts[1]));
        }
    }
}
