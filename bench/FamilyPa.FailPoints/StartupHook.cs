using FamilyPa.FailPoints;

/// <summary>What the runtime calls before the app's Main, where <c>DOTNET_STARTUP_HOOKS</c> names this assembly. Its name and place are the runtime's.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FailPointFiles.Variable) is { Length: > 0 } folder)
            new Watch(new FailPointFiles(folder)).Begin();
    }
}
