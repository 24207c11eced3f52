namespace FamilyPa.Local.App;

/// <summary>Limits that nothing reaches, for tests and benchmarks of something else: those send in seconds what a family sends in months.</summary>
public static class GenerousLimits
{
    public static void Set(IDictionary<string, string?> settings)
    {
        foreach (var name in (string[])["SenderPerMinute", "GlobalPerHour", "GlobalPerDay", "DailyCostPerFamilyUsd", "DailyCostGlobalUsd", "BreakerFailures", "SenderFailures"])
            settings[$"Limits__{name}"] = "100000";
        settings["Limits__MaxConcurrentJobs"] = "100";
    }
}
