namespace FamilyPa.Local.App;

/// <summary>Functions that nothing triggers, though an operator can still run a timer's.</summary>
public static class DisabledFunctions
{
    public static void Set(IDictionary<string, string?> settings, params ReadOnlySpan<string> functions)
    {
        foreach (var function in functions)
            settings[$"AzureWebJobs.{function}.Disabled"] = "true";
    }
}
