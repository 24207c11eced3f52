namespace FamilyPa.Core.Settings;

/// <summary>When members get reminders of due tasks (<c>Reminders__…</c>). Times of day are in the family's time zone.</summary>
public sealed class ReminderSettings
{
    public bool Enabled { get; set; } = true;

    /// <summary>How long before the due time the app sends a reminder.</summary>
    public TimeSpan Before { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Time of day for reminders of tasks that are due on a day without a time.</summary>
    public TimeOnly AllDayAt { get; set; } = new(8, 0);

    /// <summary>Start of the quiet hours, in which the app sends no reminders. Equal to <see cref="QuietUntil"/> when there are none.</summary>
    public TimeOnly QuietFrom { get; set; } = new(21, 0);

    public TimeOnly QuietUntil { get; set; } = new(8, 0);

    /// <summary>A reminder that is overdue by more than this says so, and waits for the end of the quiet hours. After a day the app drops it.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The SID (<c>HX…</c>) of the approved WhatsApp template for reminders outside WhatsApp's 24 hours. Its first variable is the reminder's text.</summary>
    public string? WhatsAppTemplate { get; set; }

    /// <summary>Whether a reminder goes by SMS outside WhatsApp's 24 hours when there is no template. False if our number cannot send SMS.</summary>
    public bool BySms { get; set; } = true;

    public bool AreSensible => Before >= TimeSpan.Zero && Before <= TimeSpan.FromHours(12) && LateAfter > TimeSpan.Zero && LateAfter <= TimeSpan.FromDays(1);
}
