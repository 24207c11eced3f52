namespace FamilyPa.Core.Settings;

/// <summary>The synthetic end-to-end test, called canary (<c>Canary__…</c>).</summary>
public sealed class CanarySettings
{
    /// <summary>Whether the app sends itself a test message through the whole pipeline every few minutes.</summary>
    public bool Enabled { get; set; }

    /// <summary>Time after which an unfinished canary counts as <c>late</c>.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
