namespace FamilyPa.Core.Settings;

/// <summary>Limits (<c>Limits__…</c>) that keep abuse from costing more than it is worth.</summary>
public sealed class LimitSettings
{
    /// <summary>Past this many refused webhooks a minute an address only costs memory, and no more writes to the database.</summary>
    public int VerificationFailuresPerMinutePerAddress { get; set; } = 20;

    /// <summary>A larger attachment is refused; in millions of bytes.</summary>
    public int MaxMediaMegabytes { get; set; } = 25;

    /// <summary>Recordings that are longer, all of a message together, are refused.</summary>
    public double MaxAudioMinutes { get; set; } = 10;
}
