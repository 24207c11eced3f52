using System.Text.RegularExpressions;
using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Replies;

/// <summary>An existing task that a message changed.</summary>
/// <param name="Outcome">As documented at <c>apply_changes</c> in the migrations.</param>
/// <param name="Due">The new due date; null when it stays.</param>
/// <param name="Assignees">All of them; none when they stay.</param>
public sealed record ChangedTask(string Operation, string Outcome, string Title, DueDate? Due, IReadOnlyList<Member> Assignees, DateTimeOffset? RemindAt, Recurrence? Recurrence = null)
{
    /// <summary>The new list; null when it stays.</summary>
    public string? List { get; init; }

    /// <summary>The sender is reminded of it.</summary>
    public bool IsSenders { get; init; }

    /// <summary>When a recurring task is due next, after this occurrence was completed or skipped.</summary>
    public DueDate? Next { get; init; }
}

/// <summary>Says what became of a task that a message changed.</summary>
internal sealed class ChangeLine(Wording wording, DateTimeZone zone, DateTimeOffset now)
{
    private readonly Phrases phrases = wording.Phrases;
    private readonly TaskLine line = new(wording, zone, now);

    public string Of(ChangedTask change) => change switch
    {
        { Outcome: "gone" } => Say(phrases.Gone, change.Title),
        { Outcome: "already", Operation: TaskOperations.Reopen } => Say(phrases.OpenAgain, change.Title),
        { Outcome: "already", Operation: TaskOperations.Update } => Say(phrases.AlreadySo, Described(change)),
        { Outcome: "already" } => Say(phrases.AlreadyDone, change.Title),
        { Operation: TaskOperations.Complete } => Say(phrases.Done, line.ThenNext(change.Title, change.Next)),
        { Operation: TaskOperations.Reopen } => Say(phrases.OpenAgain, change.Title),
        { Operation: TaskOperations.Skip } => Say(phrases.Skipped, line.ThenNext(change.Title, change.Next)),
        { Operation: TaskOperations.Delete } => Say(phrases.Deleted, change.Title),
        { Operation: TaskOperations.Snooze, RemindAt: { } at } => Say(phrases.Snoozed, line.Of(change.Title, new DueDate(at, AllDay: false), [])),
        _ => Say(phrases.Changed, Described(change)),
    };

    private string Described(ChangedTask change) => line.OnList(line.Of(change.Title, change.Due, change.Assignees, change.Recurrence), change.List);

    /// <summary>The question whether the sender wants these changes: of many it names the first and counts the others.</summary>
    public string Confirm(IEnumerable<ChangedTask> changes)
    {
        const int most = 5;
        var all = changes.ToList();
        var named = string.Join("; ", all.Take(most).Select(change => Of(all.Count == 1 ? change : change with { Title = wording.Cut(change.Title) })));
        // A yes and a no of ours need no model.
        var question = new[] { phrases.Commands.Yes[0], phrases.Commands.No[0] }.Aggregate(phrases.Confirm, (asked, word) => Regex.Replace(asked, $@"\b{word}\b", _ => wording.Fact(word)));
        return wording.Format(question, all.Count <= most ? named : $"{named}; {wording.Format(phrases.AndMore, all.Count - most)}");
    }

    private string Say(string phrase, string what) => wording.Format(phrase, wording.Fact(what));
}
