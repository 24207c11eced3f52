namespace FamilyPa.Local.App;

/// <summary>How the runtime of an app is set that lives for seconds, next to others on the same processors: for tests, and where it is killed over and over.</summary>
public static class ShortLife
{
    public static void Set(IDictionary<string, string?> settings)
    {
        // To compile again what is called often pays only in a long life; in a short one it costs a quarter more than the work itself.
        settings["DOTNET_TC_CallCounting"] = "0";
        // Nor do its threads spin for work while there are others to run.
        settings["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
    }
}
