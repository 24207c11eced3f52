namespace FamilyPa.Core.Settings;

/// <summary>When members are reminded of tasks that are due (<c>Reminders__…</c>). Times of day are those of the family's zone.</summary>
public sealed class ReminderSettings
{
    public bool Enabled { get; set; } = true;

    /// <summary>How long before a task that is due at a time of day.</summary>
    public TimeSpan Before { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>When, on its day, of a task without a time of day.</summary>
    public TimeOnly AllDayAt { get; set; } = new(8, 0);

    /// <summary>From then nobody is reminded of anything; the same as <see cref="QuietUntil"/> where there are no quiet hours.</summary>
    public TimeOnly QuietFrom { get; set; } = new(21, 0);

    public TimeOnly QuietUntil { get; set; } = new(8, 0);

    /// <summary>A reminder that could not be sent for this long is not sent any more.</summary>
    public TimeSpan LatestAfter { get; set; } = TimeSpan.FromHours(1);

    public bool AreSensible => Before >= TimeSpan.Zero && Before <= TimeSpan.FromHours(12) && LatestAfter > TimeSpan.Zero && LatestAfter <= TimeSpan.FromDays(1);
}
