namespace FamilyPa.Core.Settings;

/// <summary>Calendar feeds (<c>Calendar__…</c>).</summary>
public sealed class CalendarSettings
{
    /// <summary>Reads per client address in ten minutes. Google and Microsoft read all their users' calendars from few addresses.</summary>
    public int ReadsPerAddress { get; set; } = 600;
}
