using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Replies;

/// <summary>Writes a task on one line: what, until when in the family's zone, and who.</summary>
/// <param name="now">What "today" and "overdue" are reckoned from.</param>
internal sealed class TaskLine(Wording wording, DateTimeZone zone, DateTimeOffset now)
{
    public string Of(string title, DueDate? due, Member? assignee)
    {
        var line = due is { } date ? $"{title} - {When(date)}" : title;
        return assignee is null ? line : $"{line} ({wording.Format(wording.Phrases.For, assignee.Name)})";
    }

    /// <summary>Short, and says when it is overdue.</summary>
    public string InList(string title, DueDate? due, Member? assignee)
    {
        var line = Of(wording.Cut(title), due, assignee);
        return due?.At < now ? $"{line} ({wording.Phrases.Overdue})" : line;
    }

    public string When(DueDate due)
    {
        var local = Instant.FromDateTimeOffset(due.At).InZone(zone).LocalDateTime;
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var day = local.Date.ToString("ddd d MMM", wording.Culture);
        if (local.Date == today)
            day = $"{wording.Phrases.Today}, {day}";
        else if (local.Date == today.PlusDays(1))
            day = $"{wording.Phrases.Tomorrow}, {day}";
        else if (local.Year != today.Year)
            day = local.Date.ToString("ddd d MMM uuuu", wording.Culture);
        return wording.Plain(due.AllDay ? day : $"{day}, {local.TimeOfDay.ToString("t", wording.Culture)}");
    }
}
