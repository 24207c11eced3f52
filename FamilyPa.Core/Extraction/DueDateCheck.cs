using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>Checks due dates, and rules of recurrence, by code where language models go wrong: the weekday, the year, and the hours at which clocks change.</summary>
/// <param name="now">The moment that the message arrived.</param>
/// <param name="reviewBelow">The confidence from which on a task is not asked about.</param>
internal sealed class DueDateCheck(Family family, DateTimeOffset now, double reviewBelow)
{
    /// <summary>A model may round what is due at once.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMinutes(5);

    /// <summary>Longer than a passport is valid.</summary>
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(20 * 366);

    private enum Doubt
    {
        None,
        Unreadable,
        UnreadableRule,
        OtherWeekday,
        IsOver,
        IsFar,
        UnreadableReminder,
        SkippedTime,
        RepeatedTime,
    }

    /// <returns>The result with less confidence in each task whose due date is doubtful, and with a question about the first of them.</returns>
    public ExtractionResult Apply(ExtractionResult result, string message, IReadOnlyList<OpenQuestion> questions)
    {
        var named = new NamedDays(message, result.Language, family.Locale, Local(now).Date, family.Members.Select(member => member.Name));
        List<LocalDateTime> all = [.. result.Tasks.Select(Due).Concat(result.Changes?.Select(change => Date(change.DueAt)) ?? []).OfType<DueDate>().Select(due => Local(due.At))];
        // A change that is not sure is confirmed by the sender, who is shown its date.
        result = result with
        {
            Changes = result.Changes is null ? null
                : [.. result.Changes.Select(change => IsDoubtful(change, named, all) ? change with { Confidence = Math.Min(change.Confidence, reviewBelow / 2) } : change)],
        };
        var doubts = Doubts(result, named, all, questions);
        if (doubts.TrueForAll(doubt => doubt == Doubt.None))
            return result;

        // Where the model is unsure of the task as well, its own question is enough.
        var asked = result.ClarifyingQuestion is null ? -1 : reviewBelow;
        var first = result.Tasks.Zip(doubts).FirstOrDefault(task => task.Second != Doubt.None && task.First.Confidence >= asked);
        var wording = Wording.Of(result.Language, family.Locale);
        var question = first.First is null ? null : Question(first.First, first.Second, wording);
        return result with
        {
            Tasks = [.. result.Tasks.Zip(doubts, (task, doubt) => doubt == Doubt.None ? task : task with
            {
                Confidence = Math.Min(task.Confidence, reviewBelow / 2),
                RemindAt = IsKept(task.RemindAt) ? task.RemindAt : null,
            })],
            ClarifyingQuestion = $"{wording.Fact(result.ClarifyingQuestion ?? "")} {question}".Trim(),
        };
    }

    private bool IsDoubtful(TaskChange change, NamedDays named, List<LocalDateTime> all) =>
        (Date(change.DueAt) is { } due && DoubtOf(change.DueAt!, due, named, all) != Doubt.None) || !IsKept(change.RemindAt);

    private List<Doubt> Doubts(ExtractionResult result, NamedDays named, List<LocalDateTime> all, IReadOnlyList<OpenQuestion> questions) =>
        [.. result.Tasks.Select(task => Due(task) switch
        {
            _ when task.HasUnreadableRule => Doubt.UnreadableRule,
            { } due when !IsConfirmed(task, due, questions) && DoubtOf(task.DueAt!, due, named, all) is var doubt and not Doubt.None => doubt,
            null when task.HasUnreadableDue => Doubt.Unreadable,
            _ => task.HasUnreadableReminder || !IsKept(task.RemindAt) ? Doubt.UnreadableReminder : Doubt.None,
        })];

    /// <summary>Whether a reminder can come then, if it was said when.</summary>
    private bool IsKept(string? remindAt) => remindAt is null || (Date(remindAt)?.At is { } at && at >= now - Rounding && at <= now + Furthest);

    private Doubt DoubtOf(string text, DueDate due, NamedDays named, List<LocalDateTime> all)
    {
        if (due.At < now - Rounding)
            return Doubt.IsOver;
        if (due.At > now + Furthest)
            return Doubt.IsFar;
        if (named.Contradict(Local(due.At), all))
            return Doubt.OtherWeekday;
        return DueDate.Occurrences(text, family.TimeZone) switch
        {
            0 => Doubt.SkippedTime,
            1 => Doubt.None,
            _ => Doubt.RepeatedTime,
        };
    }

    /// <summary>Whether the sender was shown this very date and has answered.</summary>
    private static bool IsConfirmed(ExtractedTask task, DueDate due, IReadOnlyList<OpenQuestion> questions) =>
        task.Answers is { } id && questions.Any(question => question.Id == id && question.DueAt == due.At);

    private DueDate? Due(ExtractedTask task) => Date(task.DueAt);

    private DueDate? Date(string? text) => text is not null && DueDate.TryParse(text, family.TimeZone, out var due) ? due : null;

    private LocalDateTime Local(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(family.TimeZone).LocalDateTime;

    private string Question(ExtractedTask task, Doubt doubt, Wording wording)
    {
        var title = wording.Fact(wording.Cut(task.Title));
        if (doubt == Doubt.UnreadableRule)
            return wording.Format(wording.Phrases.UnreadableRule, title);
        if (doubt == Doubt.UnreadableReminder)
            return wording.Format(wording.Phrases.UnreadableReminder, title);
        if (Due(task) is not { } due)
            return wording.Format(wording.Phrases.UnreadableDue, title);
        var phrase = doubt switch
        {
            Doubt.OtherWeekday => wording.Phrases.OtherWeekday,
            Doubt.IsOver => wording.Phrases.IsOver,
            Doubt.IsFar => wording.Phrases.IsFar,
            Doubt.SkippedTime => wording.Phrases.SkippedTime,
            _ => wording.Phrases.RepeatedTime,
        };
        return wording.Format(phrase, title, new TaskLine(wording, family.TimeZone, now).When(due));
    }
}
