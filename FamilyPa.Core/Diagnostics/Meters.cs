using System.Diagnostics.Metrics;

namespace FamilyPa.Core.Diagnostics;

/// <summary>What is counted as it happens; the rest can be asked of the database.</summary>
public static class Meters
{
    public const string Name = "FamilyPa";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Taken = Meter.CreateCounter<long>("familypa.messages.taken_in", "{message}", "Verified messages, by outcome.");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("familypa.verifications.refused", "{request}", "Refused webhooks, by guard.");

    private static readonly Counter<long> Limited = Meter.CreateCounter<long>("familypa.limits.acted", "{message}", "Messages held back, by limit.");
    private static readonly Counter<long> Breakers = Meter.CreateCounter<long>("familypa.breakers.changed", "{change}", "Breakers that opened or closed, by phase and state.");
    private static readonly Counter<long> Budgets = Meter.CreateCounter<long>("familypa.budgets.used", "{mark}", "Budgets used up to a mark, by budget and percent.");

    public static void LimitActed(string limit) => Limited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    internal static void BreakerChanged(string phase, string state) =>
        Breakers.Add(1, new KeyValuePair<string, object?>("phase", phase), new KeyValuePair<string, object?>("state", state));

    internal static void BudgetUsed(string budget, int percent) =>
        Budgets.Add(1, new KeyValuePair<string, object?>("limit", budget), new KeyValuePair<string, object?>("percent", percent));

    internal static void MessageTakenIn(string outcome) => Taken.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void VerificationRefused(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
