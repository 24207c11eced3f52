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
/// Sends what was measured and logged within seconds of each call's end, for a platform that ends a worker without warning: a metric would otherwise wait
/// a minute. Calls that end together are sent together, and nothing is sent while nothing is called.
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
            // They block until the service has answered.
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
