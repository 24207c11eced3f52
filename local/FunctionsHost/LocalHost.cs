using System.Net;
using FunctionsHost.Http;
using FunctionsHost.Queues;
using FunctionsHost.Timers;
using FunctionsHost.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProtoBuf.Grpc.Server;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost;

/// <summary>Hosts an isolated worker in this process as the platform does: HTTP, queue and timer functions, and the worker's lifetime.</summary>
public sealed class LocalHost : IAsyncDisposable
{
    private readonly FunctionsHostOptions options;
    private readonly IConfigurationRoot settings;
    private readonly HostLog log;
    private readonly QueueNudges nudges = new();
    private readonly FunctionRpc rpc = new();
    private readonly WorkerSupervisor workers;
    private readonly Invoker invoker;
    private readonly AdminApi admin;
    private WebApplication? web;
    private QueueListeners? queues;
    private IReadOnlyList<TimerListener> timers = [];
    private CancellationTokenSource ticking = new();
    private Task ticks = Task.CompletedTask;
    private int isDisposed;

    private LocalHost(FunctionsHostOptions options)
    {
        this.options = options;
        settings = HostSettings.Load(options);
        log = new HostLog(options.OnLine, settings);
        workers = new WorkerSupervisor(options, rpc, log, nudges);
        invoker = new Invoker(workers, log);
        admin = new AdminApi(invoker, new FunctionKey(options.FunctionKey));
    }

    /// <summary>Returns when the functions are known and all triggers listen.</summary>
    /// <exception cref="FunctionsHostException">The app cannot be hosted, or does not start.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<LocalHost> StartAsync(FunctionsHostOptions options, CancellationToken cancellationToken = default)
    {
        var host = new LocalHost(options);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops queue and timer triggers until <see cref="ResumeAsync"/>. The worker may hang until then.</summary>
    public async Task PauseAsync()
    {
        await ticking.CancelAsync();
        if (queues is not null)
            await queues.StopAsync();
        // A timer function may hang.
        await ticks.WaitAsync(options.StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task ResumeAsync()
    {
        ticking.Dispose();
        ticking = new();
        ticks = Task.WhenAll([workers.WatchAsync(ticking.Token), .. timers.Select(timer => Task.Run(() => timer.RunAsync(ticking.Token)))]);
        if (queues is not null)
            await queues.StartAsync();
    }

    /// <summary>Kills the worker permanently, as <c>kill -9</c>, then stops the host. Messages in progress become visible again.</summary>
    public async Task KillAsync()
    {
        await workers.KillAsync();
        await DisposeAsync();
    }

    /// <summary>Cancels running functions, waits for them, and then stops the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 1)
            return;
        await PauseAsync();
        await workers.DisposeAsync();
        if (web is not null)
            await web.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(options.Url);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 100 * 1024 * 1024;
            kestrel.Listen(IPAddress.Parse(address.Host), address.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddRouting().AddHttpForwarder().AddSingleton(rpc).AddCodeFirstGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        web = builder.Build();
        var front = new HttpFrontEnd(workers, invoker, web.Services.GetRequiredService<IHttpForwarder>(), admin);
        web.Use(next => http => http.Request.Protocol == "HTTP/2" ? next(http) : front.AnswerAsync(http));
        web.UseRouting();
        web.MapGrpcService<FunctionRpc>();
        await web.StartAsync(cancellationToken);
        var rpcAddress = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(url => new Uri(url)).Single(url => url.Port != address.Port);
        var worker = await workers.StartAsync(rpcAddress, cancellationToken);
        var functions = worker.Functions.Select(metadata => new FunctionDefinition(metadata, settings)).ToList();
        admin.Functions = functions;
        front.Routes = new RouteTable(functions, HostSettings.RoutePrefix(settings), web.Services.GetRequiredService<IInlineConstraintResolver>());
        timers = [.. functions.Where(function => function is { IsTimer: true, IsDisabled: false }).Select(function => new TimerListener(function, options.TimerSchedule, invoker))];
        queues = new QueueListeners(functions, settings, options.PoisonRetryDelay, workers, log, nudges);
        await ResumeAsync();
    }
}
