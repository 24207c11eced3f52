namespace FamilyPa.Core.Settings;

/// <summary>The canary (<c>Canary__…</c>).</summary>
public sealed class CanarySettings
{
    /// <summary>Whether a message of our own goes the whole way every few minutes.</summary>
    public bool Enabled { get; set; }

    /// <summary>After this a canary that has not come to its end is late.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
