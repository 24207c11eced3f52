using System.Reflection;
using OpenTelemetry.Resources;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>The resource that telemetry is from, with the names the worker gives it.</summary>
public sealed class FunctionsResourceDetector : IResourceDetector
{
    public Resource Detect()
    {
        var app = Assembly.GetEntryAssembly()?.GetName();
        return new Resource(new Dictionary<string, object>
        {
            ["service.name"] = Environment.GetEnvironmentVariable("WEBSITE_SITE_NAME") ?? app?.Name ?? "unknown",
            ["service.version"] = app?.Version?.ToString() ?? "unknown",
            ["ai.sdk.prefix"] = "dotnetiso:local",
            ["process.pid"] = Environment.ProcessId,
        });
    }
}
