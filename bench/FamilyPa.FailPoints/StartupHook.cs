using FamilyPa.FailPoints;

/// <summary>
/// Called by the runtime before the app's Main if <c>DOTNET_STARTUP_HOOKS</c> contains this assembly. The runtime requires this name without a namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FailPointFiles.Variable) is { Length: > 0 } folder)
            new Watch(new FailPointFiles(folder)).Begin();
        if (Environment.GetEnvironmentVariable(Allocations.Variable) is { Length: > 0 } file)
            Allocations.Record(file);
    }
}
