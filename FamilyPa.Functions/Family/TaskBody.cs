using FamilyPa.Core.Membership;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Functions.Http;
using NodaTime;

namespace FamilyPa.Functions.Family;

/// <summary>Reads a task's fields from a request, by column name. The result contains only the fields that the request has.</summary>
internal sealed class TaskBody(MemberFamily family, IClock clock)
{
    private const int LongestTitle = 200;
    private const int LongestNotes = 4000;
    private const int MostAssignees = 50;

    private const string DueExpected = "ISO 8601: with an offset (2026-12-01T17:00:00Z), or local (2026-12-01T17:00, or just 2026-12-01), from 2000 to 2200";

    private const string RemindExpected = "ISO 8601 with a time of day: with an offset (2026-12-01T17:00:00Z), or local (2026-12-01T17:00)";

    private const string RecurrenceExpected = "an RRULE of RFC 5545, daily or slower (FREQ=WEEKLY;BYDAY=MO), or a time after it was done (AFTER_DONE=P3D)";

    /// <param name="whole">Whether the request creates a task, which requires a title.</param>
    public async Task<Dictionary<string, object?>> ReadAsync(JsonFields fields, Identity member, bool whole, CancellationToken cancellation)
    {
        var task = new Dictionary<string, object?>(StringComparer.Ordinal);
        Keep("title", fields.Text("title", LongestTitle, required: whole));
        Keep("notes", fields.Text("notes", LongestNotes, nullable: true, lines: true));
        Keep("category", ListNames.Of(fields.Text("category", TaskCategories.Longest, nullable: true)));
        var assignee = fields.Id("assignee", nullable: true);
        var assignees = fields.Ids("assignees", MostAssignees);
        if (fields.Has("assignees") || fields.Has("assignee"))
            task["assignees"] = assignees ?? (assignee is { } one ? [one] : []);
        if (!whole)
        {
            Keep("status", fields.Choice("status", TaskStatuses.All));
            const string Seen = "false, for a reviewed task";
            var review = fields.Flag("needs_review", Seen);
            if (review == true)
                fields.Refuse("needs_review", Seen);
            Keep("needs_review", review);
        }

        var due = fields.Text("due_at", longest: 40, nullable: true);
        if (due is not null && await DueAsync(due, member, cancellation) is { } at)
        {
            task["due_at"] = at.At.ToUniversalTime();
            task["due_all_day"] = at.AllDay;
            task["said_time"] = at.Skipped?.ToTimeOnly();
        }
        else if (due is not null)
        {
            fields.Refuse("due_at", DueExpected);
        }
        else
        {
            Keep("due_at", null);
        }

        var remind = fields.Text("remind_at", longest: 40, nullable: true);
        if (remind is not null && await DueAsync(remind, member, cancellation) is { AllDay: false } reminder)
            task["remind_at"] = reminder.At.ToUniversalTime();
        else if (remind is not null)
            fields.Refuse("remind_at", RemindExpected);
        else
            Keep("remind_at", null);

        var rule = fields.Text("recurrence", LongestTitle, nullable: true);
        if (Recurrence.Parse(rule) is { } recurrence)
        {
            var (zone, _) = await family.PlaceAsync(member, cancellation);
            task["recurrence"] = recurrence.Rule;
            task["first"] = recurrence.First(clock.GetCurrentInstant().InZone(zone).Date).ToDateOnly();
        }
        else if (rule is not null)
        {
            fields.Refuse("recurrence", RecurrenceExpected);
        }
        else
        {
            Keep("recurrence", null);
        }

        return task;

        void Keep(string name, object? value)
        {
            if (fields.Has(name))
                task[name] = value;
        }
    }

    /// <remarks>Only a local time needs the family's time zone, which costs another round trip.</remarks>
    private async Task<DueDate?> DueAsync(string text, Identity member, CancellationToken cancellation)
    {
        if (!DueDate.TryParse(text, DateTimeZone.Utc, out var due))
            return null;
        if (!DueDate.IsInstant(text))
            DueDate.TryParse(text, (await family.PlaceAsync(member, cancellation)).Zone, out due);
        return due;
    }
}
