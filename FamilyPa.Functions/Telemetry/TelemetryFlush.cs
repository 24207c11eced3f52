using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FamilyPa.Functions.Telemetry;

/// <summary>
/// Exports telemetry within seconds after each function call, because the platform may stop a worker without warning and metrics would wait a minute.
/// Calls that end together share one export. Without calls there is no export.
/// </summary>
internal sealed class TelemetryFlush(IServiceProvider services) : BackgroundService, IFunctionsWorkerMiddleware
{
    private const int ExportTimeoutMilliseconds = 5000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> called = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            called.Writer.TryWrite(true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in called.Reader.ReadAllAsync(stoppingToken))
        {
            await Task.Delay(Interval, stoppingToken);
            // ForceFlush blocks until the service has responded.
            await Task.Factory.StartNew(Flush, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Flush()
    {
        services.GetService<TracerProvider>()?.ForceFlush(ExportTimeoutMilliseconds);
        services.GetService<LoggerProvider>()?.ForceFlush(ExportTimeoutMilliseconds);
        services.GetService<MeterProvider>()?.ForceFlush(ExportTimeoutMilliseconds);
    }
}
