namespace FamilyPa.Local.App;

/// <summary>Sets limits so high that tests and benchmarks of other features never reach them.</summary>
public static class GenerousLimits
{
    public static void Set(IDictionary<string, string?> settings)
    {
        foreach (var name in (string[])["SenderPerMinute", "GlobalPerHour", "GlobalPerDay", "DailyCostPerFamilyUsd", "DailyCostGlobalUsd", "BreakerFailures", "SenderFailures"])
            settings[$"Limits__{name}"] = "100000";
        settings["Limits__MaxConcurrentJobs"] = "100";
    }
}
