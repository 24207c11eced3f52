namespace FamilyPa.Local.App;

/// <summary>Sets limits so high that tests and benchmarks of other features never reach them.</summary>
public static class GenerousLimits
{
    private static readonly string[] Names =
    [
        "SenderPerMinute", "GlobalPerHour", "GlobalPerDay", "DailyCostPerFamilyUsd", "DailyCostGlobalUsd", "BreakerFailures", "SenderFailures",
        "StrangersPerDay", "SameTextsInARow", "InvitationsPerMemberPerDay", "InvitationsPerFamilyPerDay", "InvitationsPerDay", "AdditionsPerFamilyPerDay",
    ];

    public static void Set(IDictionary<string, string?> settings)
    {
        foreach (var name in Names)
            settings[$"Limits__{name}"] = "100000";
        settings["Limits__FamilySharePercent"] = "100";
        settings["Limits__MaxConcurrentJobs"] = "100";
        settings["Pipeline__SameWishWithin"] = "00:00:00";
    }
}
