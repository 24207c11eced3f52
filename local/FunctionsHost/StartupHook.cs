using FunctionsHost.Queues;

/// <summary>
/// Called by the runtime before the app's Main if <c>DOTNET_STARTUP_HOOKS</c> contains this assembly. The runtime requires this name without a namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => QueuedMessages.Report();
}
