using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Transfer;

internal sealed record ImportedTask(
    Guid Id, string Title, string? Notes, string? Category, IReadOnlyList<Guid> Assignees, DateTimeOffset? DueAt, bool DueAllDay, DateTimeOffset? RemindAt, string Status,
    Guid? SeriesId, DateOnly? Occurrence, Guid? CreatedBy, DateTimeOffset? CreatedAt, DateTimeOffset? CompletedAt, string? Recurrence, DateOnly? First);

internal sealed record ImportedSeries(
    Guid Id, string Title, string? Notes, string? Category, IReadOnlyList<Guid> Assignees, string Rule, DateOnly Starts, TimeOnly? LocalTime, string? RemindBefore,
    DateTimeOffset? EndedAt, DateTimeOffset? CreatedAt);

/// <summary>Validates the rows of a file, and collects what is wrong by row.</summary>
/// <param name="by">Who made tasks whose maker is not in the family.</param>
internal sealed class TaskRows(Family family, LocalDate today, Guid? by)
{
    private readonly Dictionary<Guid, string> seen = [];
    private readonly Dictionary<string, int> alike = [];
    private readonly HashSet<Guid> series = [];
    private FileRow row = null!;

    /// <summary>By the row's place in the file.</summary>
    public Dictionary<string, string[]> Wrong { get; } = [];

    public ImportedSeries ReadSeries(FileRow given)
    {
        row = given;
        var id = Id();
        series.Add(id);
        return new ImportedSeries(
            id, Title(), Text("notes", 4000, lines: true), ListNames.Of(Text("category", TaskCategories.Longest)), Assignees(), Rule("rule") ?? Missing("rule"),
            Date("starts") ?? Refuse("starts", "a date, as 2026-12-01", default(DateOnly)),
            Value("local_time") is not { } time ? null : TimeOnly.TryParse(time, CultureInfo.InvariantCulture, out var at) ? at : Refuse("local_time", "a time of day", default(TimeOnly?)),
            Text("remind_before", 50), Instant("ended_at"), Instant("created_at"));
    }

    public ImportedTask ReadTask(FileRow given)
    {
        row = given;
        var status = Value("status") ?? "open";
        if (!TaskStatuses.All.Contains(status))
            Refuse("status", $"one of {string.Join(", ", TaskStatuses.All)}", status);
        var due = Due("due_at");
        var remind = Due("remind_at");
        if (remind is { AllDay: true })
            Refuse("remind_at", "with a time of day", remind);
        var seriesId = Value("series_id") is { } text ? Guid.TryParse(text, out var parsed) && series.Contains(parsed) ? parsed : Refuse("series_id", "one of the file's series", default(Guid?)) : null;
        var rule = Rule("recurrence");
        var isOpen = status is "open" or "in_progress";
        return new ImportedTask(
            Id(), Title(), Text("notes", 4000, lines: true), ListNames.Of(Text("category", TaskCategories.Longest)), Assignees(), due?.At.ToUniversalTime(),
            due is { } date && (date.AllDay || Value("due_all_day") is "true"), remind?.At.ToUniversalTime(), status, seriesId, seriesId is null ? null : Date("occurrence"),
            family.Members.FirstOrDefault(member => member.UserId.ToString() == Value("created_by"))?.UserId ?? by, Instant("created_at"), Instant("completed_at"),
            isOpen ? rule : null, isOpen && rule is not null ? Recurrence.Parse(rule)!.First(today).ToDateOnly() : null);
    }

    /// <summary>A row without an id gets one from what it says, so that the same file adds it once.</summary>
    private Guid Id()
    {
        Guid id;
        if (Value("id") is not { } text)
        {
            var content = string.Join('\0', row.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"));
            alike[content] = alike.GetValueOrDefault(content) + 1;
            id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{family.Id}\0{alike[content]}\0{content}"))[..16]);
        }
        else if (!Guid.TryParse(text, out id))
        {
            return Refuse("id", "a UUID, or nothing", Guid.Empty);
        }

        return seen.TryAdd(id, row.Place) ? id : Refuse("id", $"the same as in {seen[id]}", id);
    }

    private string Title() => Text("title", 200) ?? Missing("title");

    private string Missing(string name) => Wrong.TryGetValue(row.Place, out var said) && said.Any(why => why.StartsWith(name, StringComparison.Ordinal)) ? "" : Refuse(name, "missing", "");

    private string? Text(string name, int longest, bool lines = false)
    {
        var text = Value(name);
        return text is null || (text.EnumerateRunes().Count() <= longest && !text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')))
            ? text
            : Refuse(name, $"1 to {longest} characters", default(string));
    }

    private List<Guid> Assignees()
    {
        var names = Value("assignees") is { } list && list.StartsWith('[') ? Listed(list) : (Value("assignees") ?? Value("assignee"))?.Split(';') ?? [];
        List<Guid?> found = [.. names.Select(name => (family.Members.FirstOrDefault(member => member.UserId.ToString() == name.Trim()) ?? family.Find(name.Trim()))?.UserId)];
        return found.Contains(null) ? Refuse("assignee", "names or ids of members of the family", new List<Guid>()) : [.. found.OfType<Guid>().Distinct()];
    }

    private static string[] Listed(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json) ?? [];
        }
        catch (JsonException)
        {
            return [json];
        }
    }

    private string? Rule(string name) => Value(name) is not { } text ? null : Recurrence.Parse(text)?.Rule ?? Refuse(name, "an RRULE of RFC 5545, daily or slower", default(string));

    private DueDate? Due(string name) => Value(name) is not { } text ? null
        : DueDate.TryParse(text, family.TimeZone, out var due) ? due
        : Refuse(name, "a date or time, as 2026-12-01 or 2026-12-01T17:00", default(DueDate?));

    private DateTimeOffset? Instant(string name) => Due(name)?.At.ToUniversalTime();

    private DateOnly? Date(string name) => Value(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : Refuse(name, "a date, as 2026-12-01", default(DateOnly?));

    private string? Value(string name) => row.Fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    private T Refuse<T>(string name, string expected, T value)
    {
        Wrong[row.Place] = [.. Wrong.GetValueOrDefault(row.Place, []), $"{name}: {expected}"];
        return value;
    }
}
