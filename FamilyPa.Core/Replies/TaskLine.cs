using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Replies;

/// <summary>Writes a task on one line: what, until when in the family's zone, and who.</summary>
/// <param name="now">What "today" and "overdue" are reckoned from.</param>
internal sealed class TaskLine(Wording wording, DateTimeZone zone, DateTimeOffset now)
{
    /// <param name="recurrence">Null for a task that does not recur. Of one that does, <paramref name="due"/> is the next time.</param>
    public string Of(string title, DueDate? due, IReadOnlyList<Member> assignees, Recurrence? recurrence = null)
    {
        var when = due is { } date ? When(date) : null;
        if (recurrence is not null && Rhythm.Of(recurrence, wording) is var rhythm)
            when = when is null ? rhythm : wording.Format(wording.Phrases.Rhythm.Next, rhythm, when);
        var line = when is null ? wording.Fact(title) : $"{wording.Fact(title)} - {when}";
        return assignees.Count == 0 ? line : $"{line} ({wording.Format(wording.Phrases.For, wording.And([.. assignees.Select(member => member.Name)]))})";
    }

    /// <param name="next">When a recurring task is due after it was completed or skipped; null for no more.</param>
    public string ThenNext(string title, DueDate? next) => next is { } due ? wording.Format(wording.Phrases.Rhythm.Next, wording.Fact(title), When(due)) : wording.Fact(title);

    /// <param name="list">Null where it is not worth saying.</param>
    public string OnList(string task, string? list) => list is null ? task : wording.Format(wording.Phrases.OnList, task, ListNames.In(wording, list));

    /// <summary>Short, and says when it is overdue.</summary>
    public string InList(string title, DueDate? due, IReadOnlyList<Member> assignees)
    {
        var line = Of(wording.Cut(title), due, assignees);
        return due?.At < now ? $"{line} ({wording.Phrases.Overdue})" : line;
    }

    public string When(DueDate due)
    {
        var local = Instant.FromDateTimeOffset(due.At).InZone(zone).LocalDateTime;
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var near = local.Date == today ? $"{wording.Phrases.Today}, " : local.Date == today.PlusDays(1) ? $"{wording.Phrases.Tomorrow}, " : null;
        var hasYear = near is null && local.Year != today.Year;
        var day = wording.Fact(
            wording.Plain(local.Date.ToString(hasYear ? "ddd d MMM uuuu" : "ddd d MMM", wording.Culture)),
            culture => local.ToDateTimeUnspecified().ToString($"ddd {(hasYear ? culture.DateTimeFormat.ShortDatePattern : culture.DateTimeFormat.MonthDayPattern)}", culture));
        return due.AllDay
            ? near + day
            : $"{near}{day}, {wording.Fact(wording.Plain(local.TimeOfDay.ToString("t", wording.Culture)), culture => local.ToDateTimeUnspecified().ToString("t", culture))}";
    }
}
