using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using NodaTime;
using NodaTime.Text;
using Duration = Ical.Net.DataTypes.Duration;
using Period = NodaTime.Period;

namespace FamilyPa.Core.Calendar;

/// <param name="Timezone">An IANA name, in which days are meant.</param>
internal sealed record CalendarContent(string Family, string Timezone, string Scope, IReadOnlyList<CalendarTask> Tasks);

internal sealed record CalendarTask(
    Guid Id, string Title, string? Notes, string? Category, string? Assignee, DateTimeOffset DueAt, bool DueAllDay, DateTimeOffset? RemindAt, bool Done,
    bool NeedsReview, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    /// <summary>The occurrences that follow this one.</summary>
    public LaterOccurrences? Later { get; init; }
}

/// <param name="LocalTime">Null for all-day occurrences.</param>
/// <param name="RemindBefore">In seconds; null where no time was said.</param>
/// <param name="After">The date after which they come.</param>
internal sealed record LaterOccurrences(
    Guid Id, string Title, string? Notes, string? Category, string Rule, DateOnly Starts, TimeOnly? LocalTime, double? RemindBefore, DateOnly After);

/// <summary>Writes tasks as an iCalendar object (RFC 5545).</summary>
/// <remarks>
/// Tasks are VEVENT, not VTODO, which Google Calendar does not support (developers.google.com/calendar/caldav/v2/guide) and which Outlook maps
/// to nothing ([MS-OXCICAL] maps VEVENT to appointments). Canceled tasks are left out, because a subscription replaces the whole calendar.
/// Of a recurring task, the open occurrence is one event, since it may have been moved, and those that follow are another with an RRULE.
/// </remarks>
internal static class CalendarText
{
    private const string ProductId = "-//Family PA//Calendar feed//EN";

    /// <summary>A task has no duration. Programs hide events without one, or draw them too small to read.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromMinutes(30);

    /// <param name="before">How long before a due time the alarm is, unless the task has a time of its own.</param>
    public static string Of(CalendarContent content, TimeSpan before)
    {
        var zone = TimeZones.Get(content.Timezone);
        var calendar = new Ical.Net.Calendar { ProductId = ProductId };
        calendar.AddProperty("X-WR-CALNAME", content.Scope == "mine" ? $"{content.Family}: my tasks" : content.Family);
        calendar.AddProperty(new Ical.Net.CalendarProperty("REFRESH-INTERVAL", "PT1H") { Parameters = { { "VALUE", "DURATION" } } });
        // What Outlook reads instead of REFRESH-INTERVAL (RFC 7986).
        calendar.AddProperty("X-PUBLISHED-TTL", "PT1H");
        calendar.Events.AddRange(content.Tasks.Select(task => Event(task, content, zone, before)));
        foreach (var task in content.Tasks)
        {
            if (task.Later is { } later && Series(task, later, content, zone, before) is { } series)
                calendar.Events.Add(series);
        }

        // RFC 5545, 3.6.5: a TZID needs its VTIMEZONE. Ical.Net writes one from a time on that is not years ahead.
        if (calendar.Events.Where(one => one.RecurrenceRule is not null && one.Start!.HasTime).Min(one => one.Start) is { } first)
        {
            var changed = content.Tasks.Max(task => task.UpdatedAt).UtcDateTime;
            calendar.AddTimeZone(zone.Id, first.Value < changed ? first.Value : changed, includeHistoricalData: false);
        }

        return new CalendarSerializer().SerializeToString(calendar)!;
    }

    private static CalendarEvent Event(CalendarTask task, CalendarContent content, DateTimeZone zone, TimeSpan before)
    {
        var title = content.Scope == "family" && task.Assignee is { } name ? $"{task.Title} ({name})" : task.Title;
        var changed = Utc(task.UpdatedAt);
        var shown = new CalendarEvent
        {
            Uid = task.Id.ToString("D"),
            // Without a METHOD it is when the event was last changed (RFC 5545, 3.8.7.2), so the text is the same until then.
            DtStamp = changed,
            Created = Utc(task.CreatedAt),
            LastModified = changed,
            Sequence = task.Version,
            Summary = task.Done ? $"✓ {title}" : title,
            Description = task.Notes,
            Status = task.NeedsReview ? "TENTATIVE" : "CONFIRMED",
            // A due date does not make the member busy.
            Transparency = "TRANSPARENT",
        };
        if (task.Category is { } category)
            shown.Categories.Add(category);
        if (task.DueAllDay)
        {
            var day = Instant.FromDateTimeOffset(task.DueAt).InZone(zone).Date;
            (shown.Start, shown.End) = (Day(day), Day(day.PlusDays(1)));
            return shown;
        }

        (shown.Start, shown.End) = (Utc(task.DueAt), Utc(task.DueAt + Shown));
        if (!task.Done)
        {
            shown.Alarms.Add(new Alarm
            {
                Action = "DISPLAY",
                Description = title,
                Trigger = new Trigger(Duration.FromTimeSpanExact(task.RemindAt - task.DueAt ?? -before)),
            });
        }

        return shown;
    }

    /// <returns>Null when the series ends with the open occurrence.</returns>
    private static CalendarEvent? Series(CalendarTask task, LaterOccurrences later, CalendarContent content, DateTimeZone zone, TimeSpan before)
    {
        var recurrence = Recurrence.Parse(later.Rule)!;
        var dates = recurrence.After(LocalDate.FromDateOnly(later.Starts)).SkipWhile(date => date.ToDateOnly() <= later.After);
        if (dates.Take(1).ToList() is not [var first])
            return null;

        var due = later.LocalTime is { } time
            ? (first + LocalTime.FromTimeOnly(time)).InZoneLeniently(zone)
            : first.AtStartOfDayInZone(zone);
        var shown = Event(
            task with
            {
                Id = later.Id,
                Title = later.Title,
                Notes = later.Notes,
                Category = later.Category,
                DueAt = due.ToDateTimeOffset(),
                DueAllDay = later.LocalTime is null,
                RemindAt = later.RemindBefore is { } seconds ? due.ToDateTimeOffset() - TimeSpan.FromSeconds(seconds) : null,
                NeedsReview = false,
            }, content, zone, before);
        if (later.LocalTime is { } start)
            (shown.Start, shown.End) = (Local(first + LocalTime.FromTimeOnly(start)), Local(first + LocalTime.FromTimeOnly(start) + Period.FromTicks(Shown.Ticks)));
        shown.RecurrenceRule = new RecurrenceRule(string.Join(';', recurrence.Values.Select(part => part switch
        {
            ("COUNT", _) => $"COUNT={dates.Count()}",
            // With a time of day it is an instant (RFC 5545, 3.3.10).
            ("UNTIL", var until) when later.LocalTime is not null => $"UNTIL={EndOf(until):yyyyMMdd'T'HHmmss'Z'}",
            var (name, value) => $"{name}={value}",
        })));
        return shown;

        CalDateTime Local(LocalDateTime at) => new(at.Date.ToDateOnly(), at.TimeOfDay.ToTimeOnly(), zone.Id);

        DateTime EndOf(string day) =>
            LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd").Parse(day).Value.At(new LocalTime(23, 59)).InZoneLeniently(zone).ToDateTimeUtc();
    }

    private static CalDateTime Utc(DateTimeOffset at) => new(at.UtcDateTime, "UTC");

    private static CalDateTime Day(LocalDate day) => new(day.ToDateOnly());
}
