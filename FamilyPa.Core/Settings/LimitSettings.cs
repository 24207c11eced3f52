namespace FamilyPa.Core.Settings;

/// <summary>Limits (<c>Limits__…</c>) that keep abuse from costing more than it is worth.</summary>
public sealed class LimitSettings
{
    /// <summary>Past this many refused webhooks a minute an address only costs memory, and no more writes to the database.</summary>
    public int VerificationFailuresPerMinutePerAddress { get; set; } = 20;
}
