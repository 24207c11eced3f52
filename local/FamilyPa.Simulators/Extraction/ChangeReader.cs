using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>What a clause does to existing tasks, or asks to see of them.</summary>
/// <param name="Question">Asked where it cannot be told which task is meant.</param>
internal sealed record Operation(IReadOnlyList<TaskChange> Changes, TaskQuery? List = null, string? Question = null);

/// <summary>Reads the common English forms in which a family talks about existing tasks. Anything else is left to <see cref="ClauseReader"/>.</summary>
internal sealed partial class ChangeReader(ExtractionInput input, Lexicon lexicon)
{
    private static readonly HashSet<string> Pronouns = ["it", "that", "this", "them", "those", "these", "one", "both", "all", "everything"];
    private static readonly HashSet<string> Several = ["them", "those", "these", "both", "all", "everything"];

    private static readonly HashSet<string> Fillers =
        ["the", "a", "an", "my", "our", "your", "some", "any", "to", "of", "about", "with", "for", "task", "reminder", "number", "please", "now", "already", "just"];

    /// <returns>Null when the clause is about no existing task.</returns>
    public Operation? Read(string clause, IReadOnlyList<DateMention> dates)
    {
        var text = lexicon.Courtesy.Replace(ClauseReader.Title(clause), "");
        if (ReadList(text, clause, dates) is { } list) return list;
        // "Not Friday, Saturday": the date after "not" is the one that is wrong.
        var due = dates.LastOrDefault(date => !AfterNot().IsMatch(clause[..date.Index]));
        var rest = due is null ? text : lexicon.Courtesy.Replace(ClauseReader.Title(DueDate.Remove(clause, dates, lexicon)), "");
        if (due is not null)
        {
            if (Again().Match(rest) is { Success: true } again && Change(again, "snooze", change => change with { RemindAt = $"{Day(due)}T{due.Time ?? new TimeOnly(9, 0):HH:mm}" }) is { } snoozed)
                return snoozed;
            if (Correction().IsMatch(rest)) return Change("it", "update", task => task with { DueAt = DueOf(due, task.Task) });
            if (Move().Match(rest) is { Success: true } move && BeforeMoved().IsMatch(clause[..due.Index]))
                return Change(move, "update", task => task with { DueAt = DueOf(due, task.Task) }, asks: true);
            return null;
        }

        var operation = Change(Delete().Match(text), "delete", asks: true) ?? Change(Cancel().Match(text), "delete") ?? ReadTitle(text) ?? ReadAssignees(text);
        // "Cut the hedge" is a wish.
        if (operation is not null || lexicon.HasVerb(text)) return operation;
        return Change(Reopen().Match(text), "reopen") ?? Change(Complete().Match(text), "complete") ?? Change(Happened().Match(text), "complete");
    }

    private Operation? ReadList(string text, string clause, IReadOnlyList<DateMention> dates)
    {
        var delete = DeleteAll().IsMatch(text) && !input.Tasks.Any(task => task.Quoted);
        if (!delete && !List().IsMatch(text)) return null;
        var words = Lexicon.Words(text);
        var today = DateOnly.FromDateTime(input.Now);
        var sunday = today.AddDays((7 - (int)today.DayOfWeek) % 7);
        var (from, until) = dates switch
        {
            _ when text.Contains("this week", StringComparison.OrdinalIgnoreCase) => (today, sunday),
            _ when text.Contains("next week", StringComparison.OrdinalIgnoreCase) => (sunday.AddDays(1), sunday.AddDays(7)),
            _ when words.Contains("weekend") => (sunday.AddDays(-1), sunday),
            [.., var day] => (day.Date, day.Date),
            _ => ((DateOnly?)null, (DateOnly?)null),
        };
        var assignee = input.Members.FirstOrDefault(member => words.Contains(FirstName(member).ToLowerInvariant()))
            ?? (words.Contains("i") || words.Contains("my") ? input.Sender : null);
        return new Operation([], new TaskQuery(
            Iso(from), Iso(until), assignee,
            NamedList().Match(text) is { Success: true } named ? named.Groups["list"].Value.ToLowerInvariant() : lexicon.Categories.FirstOrDefault(words.Contains),
            DoneList().IsMatch(text), delete));

        static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private Operation? ReadTitle(string text)
    {
        var match = Rename().Match(text);
        return Change(match, "update", change => change with { Title = Renamed(Titled(change.Task), match.Groups["what"].Value, match.Groups["new"].Value) });
    }

    private Operation? ReadAssignees(string text)
    {
        var (match, help) = (Assign().Match(text), Help().Match(text));
        if (help.Success) match = help;
        var members = match.Groups["who"].Captures
            .Select(name => name.Value is "I" ? input.Sender : input.Members.FirstOrDefault(member => string.Equals(FirstName(member), name.Value, StringComparison.OrdinalIgnoreCase))).ToList();
        return members.Contains(null) ? null : Change(match, "update", change => change with
        {
            Assignees = [.. (help.Success ? input.Tasks.First(task => task.Number == change.Task).Assignees : []).Concat(members.OfType<string>()).Distinct()],
        });
    }

    /// <param name="asks">The clause can only be about an existing task.</param>
    private Operation? Change(Match match, string operation, Func<TaskChange, TaskChange>? with = null, bool asks = false) =>
        match.Success ? Change(match.Groups["what"].Value, operation, with, asks) : null;

    private Operation? Change(string what, string operation, Func<TaskChange, TaskChange>? with = null, bool asks = false)
    {
        var (meant, isSure) = Meant(what, isDone: operation == "reopen");
        if (meant.Count == 0) return asks ? new Operation([], Question: $"Which task do you mean by “{what.Trim()}”?") : null;
        if (!isSure) return new Operation([], Question: $"Which one do you mean: {string.Join(", ", meant.Select(task => task.Title))}?");
        return new Operation([.. meant.Select(task => new TaskChange(task.Number, operation, ClauseReader.Certain)).Select(change => with?.Invoke(change) ?? change)]);
    }

    /// <summary>Candidates in this order: quoted tasks, tasks of the last reminder, tasks that were shown last, tasks with these words in the title.</summary>
    private (IReadOnlyList<ExistingTask> Tasks, bool IsSure) Meant(string what, bool isDone)
    {
        var open = input.Tasks.Where(task => task.Done == isDone).ToList();
        var words = Words(what);
        if (words is [var one] && (int.TryParse(one, CultureInfo.InvariantCulture, out var number) || (number = Array.IndexOf(RhythmReader.Ordinals, one) + 1) > 0))
            return Certain(open.Where(task => task.Shown == number));
        if (words.TrueForAll(Pronouns.Contains))
        {
            var context = FirstOf(open, task => task.Quoted, task => task.Reminded, task => task.Shown is not null);
            return (context, context.Count == 1 || words.Exists(Several.Contains));
        }

        var named = open.Where(task => words.TrueForAll(Words(task.Title).Contains)).ToList();
        var exact = named.Where(task => Words(task.Title).Count <= words.Count + (lexicon.HasVerb(task.Title) ? 1 : 0)).ToList();
        if (exact.Count > 0) named = exact;
        return named.Count < 2 ? Certain(named) : Certain(FirstOf(named, task => task.Quoted, task => task.Reminded, _ => true));

        static (IReadOnlyList<ExistingTask>, bool) Certain(IEnumerable<ExistingTask> tasks) => tasks.ToList() is var list ? (list, list.Count == 1) : default;
    }

    private static List<ExistingTask> FirstOf(List<ExistingTask> tasks, params Func<ExistingTask, bool>[] kinds) =>
        kinds.Select(kind => tasks.Where(kind).ToList()).FirstOrDefault(found => found.Count > 0) ?? [];

    /// <summary>The new day or time; of the other, what the task had.</summary>
    private string DueOf(DateMention due, int number)
    {
        var old = input.Tasks.First(task => task.Number == number).DueAt?.Split('T');
        var time = due.Time?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? old?.ElementAtOrDefault(1)?[..5];
        return (due.HasDay || old is null ? Day(due) : old[0]) + (time is null ? "" : $"T{time}");
    }

    private static string Day(DateMention due) => due.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Titled(int number) => input.Tasks.First(task => task.Number == number).Title;

    private string Renamed(string title, string old, string wanted)
    {
        var words = string.Join(' ', old.Split(' ').Where(word => !Fillers.Contains(word.ToLowerInvariant())));
        var at = words.Length == 0 ? -1 : title.IndexOf(words, StringComparison.OrdinalIgnoreCase);
        var verb = lexicon.HasVerb(title) ? title.Split(' ')[0] : "";
        return ClauseReader.Title(at < 0 ? $"{verb} {wanted}" : title[..at] + wanted + title[(at + words.Length)..]);
    }

    private static List<string> Words(string text) => [.. Lexicon.Words(text).Where(word => !Fillers.Contains(word)).Select(word => word.Length > 3 ? word.TrimEnd('s') : word)];

    private static string FirstName(string member) => member.Split(' ')[0];

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Done =
        @"(?:\w{3,}ed|bought|got|did|done|made|took|sent|wrote|put|fed|hung|sold|paid|brought|built|cut|found|gave|went|told|read|swept)";

    [GeneratedRegex(@"^(?:(?:what|which)\b.*\b(?:on|due|to do|left|planned|coming up|have|has|done|did|list|there)\b.*|(?:is|are) (?:there )?anything\b.*|anything\b.*|(?:show|give) me\b.*\b(?:tasks|list|to do)\b.*)$", Options)]
    private static partial Regex List();

    [GeneratedRegex(@"\b(?:the|our|my)\s+(?:(?:whole|entire)\s+)?(?!(?:task|todo|to do|whole)\b)(?<list>\S+(?:\s+\S+){0,2}?)\s+list\b", Options)]
    private static partial Regex NamedList();

    [GeneratedRegex(@"(?<!\bbe )\b(?:done|did|finished|completed)\b", Options)]
    private static partial Regex DoneList();

    [GeneratedRegex(@"\bnot\s+(?:(?:on|the|this|next)\s+)?$", Options)]
    private static partial Regex AfterNot();

    [GeneratedRegex(@"^(?:(?:no|nope|not|sorry|oops|wait|actually|correction|rather|instead|but|i|we|meant|mean|make|it|that|should|be|is|it's|that's)\b[\s,.:!]*)+$", Options)]
    private static partial Regex Correction();

    [GeneratedRegex(@"^remind (?:me|us)(?! to\b)(?: again)?(?: (?:of|about))?(?<what>.*?)(?: again)?$", Options)]
    private static partial Regex Again();

    [GeneratedRegex(@"^(?:move|change|shift|push|postpone|reschedule|delay)\s+(?<what>.+?)(?:\s+back)?$", Options)]
    private static partial Regex Move();

    [GeneratedRegex(@"\b(?:to|till|until|for|by)\s+(?:the\s+|next\s+|this\s+)?$", Options)]
    private static partial Regex BeforeMoved();

    private const string FromList = @"from (?:the|my|our)\b.*\blist";

    [GeneratedRegex($@"^(?:delete|forget(?: about)?|never mind)\s+(?<what>(?!to\b).+?)(?:\s+{FromList})?$", Options)]
    private static partial Regex Delete();

    private const string AllTasks = @"(?:all (?:of )?)?(?:(?:the|my|our) )?(?:open )?(?:tasks|to-?dos)|(?:the|my|our) (?:(?!from\b)\w+ ){0,4}list";

    [GeneratedRegex($@"^(?:delete|remove|clear|scrap|wipe)\s+(?:everything|all|{AllTasks})(?:\s+(?:for|on|due)\b.*)?(?:,?\s+please)?$", Options)]
    private static partial Regex DeleteAll();

    [GeneratedRegex($@"^(?:cancel|remove|scrap|drop|(?:we|i) (?:don't|do not|no longer) (?:need|want))\s+(?<what>.+?)(?:\s+{FromList})?(?: any ?more)?$", Options)]
    private static partial Regex Cancel();

    [GeneratedRegex(@"^(?:(?:rename|change)\s+(?<what>.+?)\s+(?:to|into)|(?:no,?\s+)?not\s+(?<what>.+?)(?:,|\s+but)|(?:i meant|make (?:it|that))(?<what>))\s+(?<new>.+)$", Options)]
    private static partial Regex Rename();

    private const string Who = @"(?<who>\w+?)(?:(?:\s*,\s*|\s*,?\s+and\s+)(?<who>\w+?))*";

    [GeneratedRegex($@"^(?:{Who}(?:'ll|'s| will| can| should| is)?\s+(?:do|does|doing|take|takes|taking|handle|handles)\s+(?<what>.+?)|(?:assign|give|hand)\s+(?<what>.+?)\s+to\s+{Who}|(?<what>.+?)(?:'s| is)\s+for\s+{Who})$", Options)]
    private static partial Regex Assign();

    [GeneratedRegex($@"^{Who}(?:'ll| will| can| should)?\s+helps?(?:\s+with)?(?<what>.*?)(?:,?\s+(?:too|as well))?$", Options)]
    private static partial Regex Help();

    [GeneratedRegex(@"^(?:reopen\s+(?<what>.+)|(?<what>.+?)\s+(?:is|was|are)(?: not|n't)\s+done.*)$", Options)]
    private static partial Regex Reopen();

    [GeneratedRegex($@"^(?:done with|finished with|(?:\w+(?:'ve|'s)?\s+(?:have\s+|has\s+)?)??(?:already\s+|just\s+)?{Done})\s+(?<what>.+)$", Options)]
    private static partial Regex Complete();

    [GeneratedRegex($@"^(?<what>.+?)(?:'s)?\s+(?:(?:is|are|was|were|has|have)\s+)?(?:(?:been|already|just)\s+)*(?:came|arrived|here|over|sorted|{Done})$", Options)]
    private static partial Regex Happened();
}
