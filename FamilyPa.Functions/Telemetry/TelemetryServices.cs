using System.Diagnostics;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using FamilyPa.Core.Diagnostics;
using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace FamilyPa.Functions.Telemetry;

public static class TelemetryServices
{
    /// <summary>
    /// Exports logs, traces and metrics to Application Insights if <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set; otherwise only logs, to the host.
    /// </summary>
    /// <remarks>
    /// <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> is a platform setting. If it requires Entra ID, the app uses its managed identity like the host.
    /// </remarks>
    public static FunctionsApplicationBuilder AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        // The host also receives the worker's logs. ASP.NET Core's request logs contain the URL and so the webhook secret.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("FamilyPa", LogLevel.Information);
        // With this schema version the span of a call is named after the function.
        builder.Services.Configure<WorkerOptions>(worker => worker.Capabilities["WorkerOpenTelemetrySchemaVersion"] = "1.37.0");
        if (string.IsNullOrWhiteSpace(builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
        {
            builder.UseMiddleware(InvocationScope);
            return builder;
        }

        builder.Services.AddSingleton<TelemetryFlush>().AddHostedService(services => services.GetRequiredService<TelemetryFlush>());
        builder.UseMiddleware<TelemetryFlush>();

        // Without this switch the Azure SDK creates no spans.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        ActivitySource.AddActivityListener(SafeExceptions.Listener);
        builder.Logging
            .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>("FamilyPa", LogLevel.Information);
        builder.Services
            .AddApplicationInsightsTelemetryWorkerService(options => Configure(options, builder.Configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]))
            .Configure<AzureMonitorExporterOptions>(options => options.EnablePerformanceCounters = false);
        builder.Services.AddOpenTelemetry()
            // A default resource detector queries the network and blocks startup for up to two seconds.
            .ConfigureResource(resource => resource.Clear())
            .UseFunctionsWorkerDefaults()
            .WithTracing(tracing => tracing.AddSource(Traces.Name).AddNpgsql().AddProcessor(new SafeSpans()))
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name))
            .WithLogging(logging => logging.AddProcessor(new SafeLogs()));
        return builder;
    }

    /// <summary>
    /// The host drops log lines without the id of a call. The worker finds the id only under this name, which its scopes of the schema version above do not have.
    /// </summary>
    private static async Task InvocationScope(FunctionContext context, Func<Task> next)
    {
        using (context.GetLogger(nameof(InvocationScope)).BeginScope(new Dictionary<string, object> { ["AzureFunctions_InvocationId"] = context.InvocationId }))
            await next();
    }

    private static void Configure(ApplicationInsightsServiceOptions options, string? authentication)
    {
        // The SDK's default samples five traces a second, and drops the logs of other traces.
        options.SamplingRatio = 1;
        options.EnableTraceBasedLogsSampler = false;
        // The host already has live metrics.
        options.EnableQuickPulseMetricStream = false;
        if (authentication?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true)
            options.Credential = new DefaultAzureCredential();
    }
}
