using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace FamilyPa.Core.Tasks;

/// <summary>When a task is due.</summary>
/// <param name="AllDay">No time of day was said: <paramref name="At"/> is the last minute of that day in the family's time zone.</param>
public readonly record struct DueDate(DateTimeOffset At, bool AllDay)
{
    private static readonly LocalTime LastMinute = new(23, 59);
    private static readonly Offset Furthest = Offset.FromHours(14);

    private static readonly IPattern<LocalDateTime> Local = new CompositePatternBuilder<LocalDateTime>
    {
        { LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"), _ => true },
        { LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd' 'HH:mm"), _ => true },
        { LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd' 'HH:mm:ss"), _ => true },
        { LocalDateTimePattern.ExtendedIso, _ => true },
    }.Build();

    private static readonly IPattern<OffsetDateTime> WithOffset = new CompositePatternBuilder<OffsetDateTime>
    {
        { OffsetDateTimePattern.ExtendedIso, _ => true },
        { OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mmo<Z+HH:mm>"), _ => true },
    }.Build();

    /// <summary>
    /// Reads ISO 8601: a date, a local date and time (a time that the clock skips in spring moves forward with it,
    /// one that comes twice in autumn means the first), or an instant with its offset.
    /// </summary>
    public static bool TryParse(string text, DateTimeZone zone, out DueDate due)
    {
        text = text.Trim();
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date && IsSensible(date.Value.Year))
        {
            due = new DueDate(date.Value.At(LastMinute).InZoneLeniently(zone).ToDateTimeOffset(), AllDay: true);
            return true;
        }

        if (Local.Parse(text) is { Success: true } local && IsSensible(local.Value.Year))
        {
            due = new DueDate(local.Value.InZoneLeniently(zone).ToDateTimeOffset(), AllDay: false);
            return true;
        }

        if (WithOffset.Parse(text) is { Success: true } instant && IsSensible(instant.Value.Year) && IsOnEarth(instant.Value.Offset))
        {
            due = new DueDate(instant.Value.ToDateTimeOffset(), AllDay: false);
            return true;
        }

        due = default;
        return false;
    }

    /// <summary>Whether a text is an instant by itself, whatever the time zone.</summary>
    public static bool IsInstant(string text) => WithOffset.Parse(text.Trim()).Success;

    /// <summary>In the form that <see cref="TryParse"/> reads: a local date, or a local date and time.</summary>
    public string ToLocalText(DateTimeZone zone)
    {
        var local = Instant.FromDateTimeOffset(At).InZone(zone).LocalDateTime;
        return AllDay ? LocalDatePattern.Iso.Format(local.Date) : local.ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>No family plans for the year 0 or 9999: such a date is the model's slip.</summary>
    private static bool IsSensible(int year) => year is >= 2000 and <= 2200;

    /// <summary>No clock is further from UTC than Kiribati's, and <see cref="DateTimeOffset"/> takes no more.</summary>
    private static bool IsOnEarth(Offset offset) => offset >= -Furthest && offset <= Furthest;
}
