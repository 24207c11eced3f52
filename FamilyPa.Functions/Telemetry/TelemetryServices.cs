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
    /// <summary>Logs, traces and metrics to Application Insights, where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> names one; else logs alone, to the host.</summary>
    /// <remarks><c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> is the platform's own setting: where it asks for Entra ID the app signs in as the host does.</remarks>
    public static FunctionsApplicationBuilder AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        // For the host too, which takes what the worker logs: ASP.NET Core's lines of each request bear its address, and with it the secret.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("FamilyPa", LogLevel.Information);
        // A call's span bears the function's name, whoever listens to it.
        builder.Services.Configure<WorkerOptions>(worker => worker.Capabilities["WorkerOpenTelemetrySchemaVersion"] = "1.37.0");
        if (string.IsNullOrWhiteSpace(builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
            return builder;

        builder.Services.AddSingleton<TelemetryFlush>().AddHostedService(services => services.GetRequiredService<TelemetryFlush>());
        builder.UseMiddleware<TelemetryFlush>();

        // The clients of Azure's services make no spans otherwise.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        ActivitySource.AddActivityListener(SafeExceptions.Listener);
        builder.Logging
            .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>("FamilyPa", LogLevel.Information);
        builder.Services
            .AddApplicationInsightsTelemetryWorkerService(options => Configure(options, builder.Configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]))
            .Configure<AzureMonitorExporterOptions>(options => options.EnablePerformanceCounters = false);
        builder.Services.AddOpenTelemetry()
            // One of the detectors so far asks the network who we are, and waits for it up to two seconds.
            .ConfigureResource(resource => resource.Clear())
            .UseFunctionsWorkerDefaults()
            .WithTracing(tracing => tracing.AddSource(Traces.Name).AddNpgsql().AddProcessor(new SafeSpans()))
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name))
            .WithLogging(logging => logging.AddProcessor(new SafeLogs()));
        return builder;
    }

    private static void Configure(ApplicationInsightsServiceOptions options, string? authentication)
    {
        // Left to itself the SDK keeps five traces a second, and of the logs only those that belong to them.
        options.SamplingRatio = 1;
        options.EnableTraceBasedLogsSampler = false;
        // The host has live metrics of its own.
        options.EnableQuickPulseMetricStream = false;
        if (authentication?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true)
            options.Credential = new DefaultAzureCredential();
    }
}
