using System.Diagnostics.Metrics;

namespace FamilyPa.Core.Diagnostics;

/// <summary>What is counted as it happens; the rest can be asked of the database.</summary>
public static class Meters
{
    public const string Name = "FamilyPa";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Taken = Meter.CreateCounter<long>("familypa.messages.taken_in", "{message}", "Verified messages, by outcome.");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("familypa.verifications.refused", "{request}", "Refused webhooks, by guard.");

    internal static void MessageTakenIn(string outcome) => Taken.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void VerificationRefused(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
