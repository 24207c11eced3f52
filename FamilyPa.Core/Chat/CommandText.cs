using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Chat;

/// <summary>A task in a list.</summary>
internal sealed record ListedTask(Guid Id, string Title, DueDate? Due, Member? Assignee);

/// <param name="Outcome">As documented at <c>chat_done</c> in the migrations.</param>
internal sealed record DoneTask(Guid Id, string Title, string Outcome);

/// <summary>Composes the answers to commands.</summary>
internal sealed class CommandText(Command command, Wording wording, DateTimeZone zone, DateTimeOffset now, string board)
{
    /// <summary>Maximum length in characters before the last lines. Twilio's limit is 1600.</summary>
    private const int LongestList = 1200;

    private readonly Phrases phrases = wording.Phrases;
    private readonly TaskLine line = new(wording, zone, now);
    private readonly ChangeLine change = new(wording, zone, now);

    /// <summary>The same text as for the keyword HELP.</summary>
    public string Help => phrases.Help;

    public string Muted => phrases.Muted;

    public string Unmuted => phrases.Unmuted;

    /// <summary>Uses the family's language if the command is valid in it, or is English. Otherwise uses the command's language.</summary>
    public static CommandText Of(Command command, Family family, DateTimeOffset now, string board)
    {
        var familys = command.Languages.Contains(Phrases.LanguageOf(family.Locale)) || command.Languages.Contains("en");
        return new CommandText(command, Wording.Of(familys || command.Languages is not [var first, ..] ? null : first, family.Locale), family.TimeZone, now, board);
    }

    public string BoardLink(Uri address) => wording.Format(phrases.BoardLink, address);

    /// <param name="total">The number of all matching tasks; <paramref name="tasks"/> may have fewer.</param>
    /// <returns>The text, and the number of tasks in it.</returns>
    public (string Text, int Shown) List(IReadOnlyList<ListedTask> tasks, long total, bool isFiltered = false)
    {
        if (tasks.Count == 0)
            return (isFiltered ? phrases.NothingFound : Pick(phrases.NothingOpen, phrases.NothingToday, phrases.NothingDone), 0);

        List<string> lines = [Pick(phrases.OpenTasks, phrases.DueToday, phrases.DoneLately)];
        var shown = 0;
        for (var length = 0; shown < tasks.Count && length < LongestList; shown++)
        {
            lines.Add(command.Scope == ListScope.Done ? $"✓ {Line(tasks[shown])}" : $"{shown + 1}. {Line(tasks[shown])}");
            length += lines[^1].Length;
        }

        if (total > shown)
            lines.Add(wording.Format(phrases.AndMore, total - shown));
        if (command.Scope != ListScope.Done)
            lines.Add(phrases.TickOff);
        lines.Add(wording.Format(phrases.Board, board));
        return (string.Join('\n', lines), shown);
    }

    /// <param name="unknown">Numbers that match no shown task.</param>
    public string Done(IReadOnlyList<DoneTask> tasks, IReadOnlyList<int> unknown)
    {
        List<string> lines =
        [
            .. tasks.Select(task => wording.Format(
                task.Outcome switch { "done" => phrases.Done, "already" => phrases.AlreadyDone, _ => phrases.Gone }, task.Title)),
        ];
        if (unknown.Count > 0)
            lines.Add(wording.Format(phrases.NoSuchNumber, string.Join(", ", unknown)));
        if (lines.Count == 0)
            lines.Add(command.Named is { Length: > 0 } named ? wording.Format(phrases.NoSuchTask, named) : phrases.WhichOne);
        return string.Join('\n', lines);
    }

    /// <param name="unknown">Numbers that match no shown task.</param>
    public string Changed(IReadOnlyList<ChangedTask> tasks, IReadOnlyList<int> unknown)
    {
        List<string> lines = [.. tasks.Select(change.Of)];
        if (unknown.Count > 0)
            lines.Add(wording.Format(phrases.NoSuchNumber, string.Join(", ", unknown)));
        return lines.Count == 0 ? phrases.WhichOne : string.Join('\n', lines);
    }

    public string Confirm(IEnumerable<ChangedTask> changes) => change.Confirm(changes);

    /// <param name="named">How many members have that name.</param>
    public string Who(string name, int named) => named == 0 ? wording.Format(phrases.NoSuchPerson, name) : wording.Format(phrases.WhichPerson, name);

    /// <param name="tasks">What was undone: <c>done</c> tasks are open again, <c>added</c> tasks are canceled, <c>changed</c> ones are as they were.</param>
    public string Undone(IReadOnlyList<(string Kind, string Title)> tasks) => tasks.Count == 0
        ? phrases.NothingToUndo
        : string.Join('\n', tasks.Select(task => wording.Format(
            task.Kind switch { "done" => phrases.OpenAgain, "changed" => phrases.ChangedBack, _ => phrases.Withdrawn }, task.Title)));

    private string Pick(string open, string today, string done) => command.Scope switch
    {
        ListScope.Today => today,
        ListScope.Done => done,
        _ => open,
    };

    private string Line(ListedTask task) => command.Scope == ListScope.Done ? TaskLine.Cut(task.Title) : line.InList(task.Title, task.Due, task.Assignee);
}
