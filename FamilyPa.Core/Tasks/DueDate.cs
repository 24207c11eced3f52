using System.Globalization;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace FamilyPa.Core.Tasks;

/// <summary>The due date of a task.</summary>
/// <param name="AllDay">The task has no time of day; <paramref name="At"/> is the last minute of the day in the family's time zone.</param>
public readonly record struct DueDate(DateTimeOffset At, bool AllDay)
{
    /// <summary>The time of day that was said, where DST skips it; null otherwise.</summary>
    public LocalTime? Skipped { get; init; }

    private static readonly LocalTime LastMinute = new(23, 59);

    /// <summary>Where the clocks go back at midnight, the day's last minute comes twice and the day ends with the second.</summary>
    private static readonly ZoneLocalMappingResolver EndOfDay = Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnForwardShifted);

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
    /// Reads ISO 8601: a date, a local date and time, or an instant with an offset. A local time that DST skips moves forward;
    /// of a local time that occurs twice the first is meant.
    /// </summary>
    public static bool TryParse(string text, DateTimeZone zone, out DueDate due)
    {
        text = text.Trim();
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date && IsSensible(date.Value.Year))
        {
            due = new DueDate(date.Value.At(LastMinute).InZone(zone, EndOfDay).ToDateTimeOffset(), AllDay: true);
            return true;
        }

        if (Local.Parse(text) is { Success: true } local && IsSensible(local.Value.Year))
        {
            due = new DueDate(local.Value.InZoneLeniently(zone).ToDateTimeOffset(), AllDay: false)
            {
                Skipped = zone.MapLocal(local.Value).Count == 0 ? local.Value.TimeOfDay : null,
            };
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

    /// <summary>Whether the text is an instant with an offset, so that it needs no time zone.</summary>
    public static bool IsInstant(string text) => WithOffset.Parse(text.Trim()).Success;

    /// <summary>How often the zone's clocks show a local time: 0 where they skip it, 2 where they repeat it. A date, or an instant, occurs once.</summary>
    public static int Occurrences(string text, DateTimeZone zone) => Local.Parse(text.Trim()) is { Success: true } local ? zone.MapLocal(local.Value).Count : 1;

    /// <summary>A local date, or local date and time, that <see cref="TryParse"/> reads.</summary>
    public string ToLocalText(DateTimeZone zone)
    {
        var local = Instant.FromDateTimeOffset(At).InZone(zone).LocalDateTime;
        return AllDay ? LocalDatePattern.Iso.Format(local.Date) : local.ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>Years outside this range are errors of the model.</summary>
    private static bool IsSensible(int year) => year is >= 2000 and <= 2200;

    /// <summary>No time zone's offset exceeds 14 hours (Kiribati), and <see cref="DateTimeOffset"/> accepts no more.</summary>
    private static bool IsOnEarth(Offset offset) => offset >= -Furthest && offset <= Furthest;
}
