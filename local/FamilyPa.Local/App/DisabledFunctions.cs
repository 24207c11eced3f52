namespace FamilyPa.Local.App;

/// <summary>Disables the triggers of functions. An operator can still run a disabled timer function.</summary>
public static class DisabledFunctions
{
    public static void Set(IDictionary<string, string?> settings, params ReadOnlySpan<string> functions)
    {
        foreach (var function in functions)
            settings[$"AzureWebJobs.{function}.Disabled"] = "true";
    }
}
