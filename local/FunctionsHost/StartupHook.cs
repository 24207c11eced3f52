using FunctionsHost.Queues;

/// <summary>What the runtime calls in the worker's process before the app's Main, where <c>DOTNET_STARTUP_HOOKS</c> names this assembly. Its name and place are the runtime's.</summary>
internal static class StartupHook
{
    public static void Initialize() => QueuedMessages.Report();
}
