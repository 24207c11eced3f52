using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>What the worker adds to the app's own OpenTelemetry: who it is, and its span around each call.</summary>
public static class ConfigureFunctionsOpenTelemetry
{
    public static IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this IOpenTelemetryBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .ConfigureResource(resource => resource.AddDetector(new FunctionsResourceDetector()))
            .WithTracing(tracing => tracing.AddSource("Microsoft.Azure.Functions.Worker"));
    }
}
