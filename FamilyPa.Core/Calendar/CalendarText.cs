using FamilyPa.Core.Families;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using NodaTime;
using Duration = Ical.Net.DataTypes.Duration;

namespace FamilyPa.Core.Calendar;

/// <param name="Timezone">An IANA name, in which days are meant.</param>
internal sealed record CalendarContent(string Family, string Timezone, string Scope, IReadOnlyList<CalendarTask> Tasks);

internal sealed record CalendarTask(
    Guid Id, string Title, string? Notes, string? Category, string? Assignee, DateTimeOffset DueAt, bool DueAllDay, DateTimeOffset? RemindAt, bool Done,
    bool NeedsReview, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version);

/// <summary>Writes tasks as an iCalendar object (RFC 5545).</summary>
/// <remarks>
/// Tasks are VEVENT, not VTODO, which Google Calendar does not support (developers.google.com/calendar/caldav/v2/guide) and which Outlook maps
/// to nothing ([MS-OXCICAL] maps VEVENT to appointments). Canceled tasks are left out, because a subscription replaces the whole calendar.
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

    private static CalDateTime Utc(DateTimeOffset at) => new(at.UtcDateTime, "UTC");

    private static CalDateTime Day(LocalDate day) => new(day.ToDateOnly());
}
