using System.Reflection;

namespace FunctionsRuntime.Hosting;

/// <summary>Where the functions are, and the host.json that goes with them.</summary>
internal sealed record FunctionSource(IReadOnlyCollection<Type> Types, string HostJsonPath)
{
    /// <summary>The program that was started.</summary>
    public static FunctionSource App => new(
        Assembly.GetEntryAssembly()?.GetExportedTypes() ?? [], Path.Combine(AppContext.BaseDirectory, "host.json"));
}
