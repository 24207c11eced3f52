namespace FamilyPa.Core.Settings;

/// <summary>Limits (<c>Limits__…</c>) that keep abuse from costing more than it is worth.</summary>
public sealed class LimitSettings
{
    /// <summary>Past this many refused webhooks a minute an address only costs memory, and no more writes to the database.</summary>
    public int VerificationFailuresPerMinutePerAddress { get; set; } = 20;

    /// <summary>Recordings of one message, together.</summary>
    public int MaxAudioMinutes { get; set; } = 10;

    /// <summary>Of one attachment; the transcription service takes no more than 25 MB either.</summary>
    public int MaxMediaMegabytes { get; set; } = 25;
}
