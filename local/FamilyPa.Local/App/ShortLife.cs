namespace FamilyPa.Local.App;

/// <summary>Runtime settings for apps that live for seconds and share processors: in tests and crash runs.</summary>
public static class ShortLife
{
    public static void Set(IDictionary<string, string?> settings)
    {
        // Tiered recompilation pays off only in long runs. In short ones it costs a quarter more CPU than the work itself.
        settings["DOTNET_TC_CallCounting"] = "0";
        // Idle thread pool threads must not spin while other processes need the processor.
        settings["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
    }
}
