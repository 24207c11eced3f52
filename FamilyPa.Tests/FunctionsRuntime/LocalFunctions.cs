using System.Collections.Concurrent;
using System.Net;
using FunctionsRuntime.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <summary>A host of a few function classes on a port of its own, with its log kept.</summary>
internal sealed class LocalFunctions : IAsyncDisposable
{
    private LocalFunctions(IHost host, ConcurrentQueue<string> log)
    {
        Host = host;
        Log = log;
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(address) };
    }

    public IHost Host { get; }

    public HttpClient Client { get; }

    public ConcurrentQueue<string> Log { get; }

    public static Task<LocalFunctions> StartAsync<T>(Action<FunctionsApplicationBuilder>? configure = null, string hostJson = EmptyPrefix) =>
        StartAsync([typeof(T)], configure, hostJson);

    public static async Task<LocalFunctions> StartAsync(
        Type[] types, Action<FunctionsApplicationBuilder>? configure = null, string hostJson = EmptyPrefix)
    {
        var log = new ConcurrentQueue<string>();
        var host = Build(
            types,
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(new QueueLoggerProvider(log)).SetMinimumLevel(LogLevel.Trace);
                configure?.Invoke(builder);
            },
            hostJson);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new LocalFunctions(host, log);
    }

    /// <summary>Everything up to the point where the host would listen: where it refuses what the platform would refuse.</summary>
    public static IHost Build(Type[] types, Action<FunctionsApplicationBuilder>? configure = null, string hostJson = EmptyPrefix)
    {
        var path = Path.Combine(Path.GetTempPath(), $"host-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, hostJson);
        try
        {
            var builder = new FunctionsApplicationBuilder([], new FunctionSource(types, path));
            builder.Configuration.AddInMemoryCollection([new("FUNCTIONS_RUNTIME_URL", "http://127.0.0.1:0")]);
            builder.ConfigureFunctionsWebApplication();
            configure?.Invoke(builder);
            return builder.Build();
        }
        finally
        {
            File.Delete(path);
        }
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, string Body)> ReadAsync(string path)
    {
        using var response = await GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)Host).DisposeAsync();
    }

    public const string EmptyPrefix = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""";

    private sealed class QueueLoggerProvider(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new QueueLogger(categoryName, lines);

        public void Dispose()
        {
        }
    }

    private sealed class QueueLogger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception?.Message}");
    }
}
