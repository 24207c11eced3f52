using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Chat;

/// <summary>A task in a list.</summary>
internal sealed record ListedTask(Guid Id, string Title, DueDate? Due, IReadOnlyList<Member> Assignees);

/// <param name="Number">Its number in the chat.</param>
internal sealed record NumberedTask(int Number, ListedTask Task);

/// <param name="Outcome">As documented at <c>chat_done</c> in the migrations.</param>
internal sealed record DoneTask(Guid Id, string Title, string Outcome)
{
    /// <summary>When a recurring task is due next.</summary>
    public DueDate? Next { get; init; }
}

/// <summary>Composes the answers to commands.</summary>
/// <param name="withMissed">Whether the reply also needs room for what did not come.</param>
internal sealed class CommandText(Command command, Wording wording, DateTimeZone zone, DateTimeOffset now, string board, bool withMissed)
{
    /// <summary>Maximum number of tasks in a page of a list.</summary>
    private const int MostTasks = 20;

    private readonly Phrases phrases = wording.Phrases;
    private readonly TaskLine line = new(wording, zone, now);
    private readonly ChangeLine change = new(wording, zone, now);

    /// <summary>The same text as for the keyword HELP.</summary>
    public string Help => phrases.Help;

    public string Muted => phrases.Muted;

    public string FamilyChosen => phrases.FamilyChosen;

    public string Unmuted => phrases.Unmuted;

    public string Digest(TimeOnly? at) => at is { } time ? wording.Format(phrases.DigestOn, wording.Plain(time.ToString("t", wording.Culture))) : phrases.DigestOff;

    /// <summary>Uses the family's language if the command is valid in it, or is English. Otherwise uses the command's language.</summary>
    /// <param name="to">The receiver's address; null where it does not matter.</param>
    public static CommandText Of(Command command, Family family, DateTimeOffset now, string board, string? to = null, bool withMissed = false)
    {
        var usesFamilyLanguage = command.Languages.Contains("en") || (Phrases.Speaks(family.Locale) && command.Languages.Contains(Phrases.LanguageOf(family.Locale)));
        return new CommandText(command, Wording.Of(usesFamilyLanguage || command.Languages is not [var first, ..] ? null : first, family.Locale, to), family.TimeZone, now, board, withMissed);
    }

    public string BoardLink(Uri address) => wording.Format(phrases.BoardLink, address);

    /// <summary>The first page of a list.</summary>
    /// <param name="tasks">All of them.</param>
    /// <param name="name">The list whose open tasks they are; null for a list of others.</param>
    /// <param name="said">What stands before it. If that leaves no room, there is no list.</param>
    /// <returns>The text, and the number of tasks in it.</returns>
    public (string Text, int Shown) List(IReadOnlyList<ListedTask> tasks, bool isFiltered = false, string? name = null, string? said = null)
    {
        string[] before = said is null ? [] : [said];
        if (tasks.Count == 0)
        {
            var nothing = name is not null ? wording.Format(phrases.NothingOnList, ListNames.In(wording, name))
                : isFiltered ? phrases.NothingFound : Pick(phrases.NothingOpen, phrases.NothingToday, phrases.NothingDone);
            return (string.Join('\n', [.. before, nothing]), 0);
        }

        var page = Page([.. before, name is not null ? wording.Format(phrases.OpenOnList, ListNames.In(wording, name)) : Pick(phrases.OpenTasks, phrases.DueToday, phrases.DoneLately)], [.. tasks.Select((task, i) => new NumberedTask(i + 1, task))]);
        return page.Shown == 0 && said is not null ? (said, 0) : page;
    }

    /// <param name="cleared">How many tasks.</param>
    public string Cleared(string list, int cleared) => wording.Format(cleared > 0 ? phrases.ListCleared : phrases.NothingToClear, ListNames.In(wording, list), cleared);

    /// <summary>Another page of a list; its numbers continue.</summary>
    /// <param name="tasks">All that were not shown.</param>
    public (string Text, int Shown) More(IReadOnlyList<NumberedTask> tasks) => tasks.Count == 0 ? (phrases.NoMore, 0) : Page([], tasks);

    private (string Text, int Shown) Page(IReadOnlyList<string> before, IReadOnlyList<NumberedTask> tasks)
    {
        var isDone = command.Scope == ListScope.Done;
        List<string> after = isDone ? [] : [phrases.TickOff];
        after.Add(wording.Format(phrases.Board, wording.Fact(board)));
        List<string> lines = [.. tasks.Select(task => isDone
            ? $"{(wording.IsSms ? "-" : "✓")} {wording.Fact(wording.Cut(task.Task.Title))}"
            : $"{wording.Fact($"{task.Number}.")} {line.InList(task.Task.Title, task.Task.Due, task.Task.Assignees)}")];
        return Fit(before, lines, after, phrases.SendMore, MostTasks);
    }

    /// <param name="unknown">Numbers that match no shown task.</param>
    public string Done(IReadOnlyList<DoneTask> tasks, IReadOnlyList<int> unknown)
    {
        List<string> lines =
        [
            .. tasks.Select(task => wording.Format(
                task.Outcome switch { "done" => phrases.Done, "already" => phrases.AlreadyDone, _ => phrases.Gone }, line.ThenNext(task.Title, task.Next))),
        ];
        return lines.Count == 0 && unknown.Count == 0 && command.Named is { Length: > 0 } named ? wording.Format(phrases.NoSuchTask, named) : Told(lines, unknown);
    }

    /// <param name="unknown">Numbers that match no shown task.</param>
    /// <param name="isReminderLost">As <c>ReminderReach</c> decides.</param>
    public string Changed(IReadOnlyList<ChangedTask> tasks, IReadOnlyList<int> unknown, bool isReminderLost = false) =>
        Told([.. tasks.Select(change.Of), .. isReminderLost ? [phrases.RemindedIfWritten] : (string[])[]], unknown);

    public string Confirm(IEnumerable<ChangedTask> changes) => change.Confirm(changes);

    /// <param name="named">How many members have that name.</param>
    public string Who(string name, int named) => named == 0 ? wording.Format(phrases.NoSuchPerson, name) : wording.Format(phrases.WhichPerson, name);

    /// <param name="tasks">The result of undo: <c>done</c> tasks are open again, <c>added</c> tasks are canceled, <c>changed</c> ones are as they were.</param>
    public string Undone(IReadOnlyList<(string Kind, string Title)> tasks) => tasks.Count == 0
        ? phrases.NothingToUndo
        : Fit([], [.. tasks.Select(task => wording.Format(
            task.Kind switch { "done" => phrases.OpenAgain, "changed" => phrases.ChangedBack, _ => phrases.Withdrawn }, task.Title))], [], phrases.AndMore).Text;

    private string Told(List<string> lines, IReadOnlyList<int> unknown)
    {
        List<string> after = unknown.Count > 0 ? [wording.Format(phrases.NoSuchNumber, string.Join(", ", unknown))] : lines.Count == 0 ? [command.Kind == CommandKind.Done ? phrases.WhichOne : phrases.WhichTask] : [];
        return Fit([], lines, after, phrases.AndMore).Text;
    }

    private (string Text, int Shown) Fit(IReadOnlyList<string> before, List<string> lines, IReadOnlyList<string> after, string more, int most = int.MaxValue) =>
        MessageLength.Fit(
            before, lines, after, count => wording.Format(more, count), MessageLength.Longest - (withMissed ? MessageLength.LongestMissed : 0), most);

    private string Pick(string open, string today, string done) => command.Scope switch
    {
        ListScope.Today => today,
        ListScope.Done => done,
        _ => open,
    };
}
