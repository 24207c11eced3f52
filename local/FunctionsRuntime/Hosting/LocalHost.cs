using FunctionsRuntime.Functions;
using FunctionsRuntime.Http;
using FunctionsRuntime.Logging;
using FunctionsRuntime.Queues;
using FunctionsRuntime.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Hosting;

/// <summary>Puts Kestrel, the listeners and the app's services into one process.</summary>
internal static class LocalHost
{
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT")
                ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
                ?? Environments.Production,
        });
        builder.Configuration
            .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
            .AddJsonFile($"appsettings.{builder.Environment.EnvironmentName}.json", optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Host.UseDefaultServiceProvider((context, options) =>
            options.ValidateScopes = options.ValidateOnBuild = context.HostingEnvironment.IsDevelopment());
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = TimeSpan.FromSeconds(30);
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        return builder;
    }

    public static void ConfigureLogging(WebApplicationBuilder builder, HostJson hostJson) => builder.Logging
        .AddFilter("Host.Startup", LogLevel.Information)
        .AddConfiguration(hostJson.Settings.GetSection("logging"))
        .AddConfiguration(builder.Configuration.GetSection("Logging"))
        .AddProvider(new ConsoleLines());

    public static WebApplication Build(
        WebApplicationBuilder builder,
        HostJson hostJson,
        FunctionSource source,
        IEnumerable<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middlewares,
        bool hasAspNetCore)
    {
        var settings = new RuntimeSettings(builder.Configuration);
        var catalog = new FunctionCatalog(source.Types, builder.Configuration);
        var pipeline = middlewares.Reverse().Aggregate((FunctionExecutionDelegate)FunctionRunner.Execute, (next, middleware) => middleware(next));
        var triggers = catalog.TriggeredBy<HttpTriggerAttribute>().ToList();
        if (triggers.Count > 0 && !hasAspNetCore)
            throw new InvalidOperationException("HTTP functions need builder.ConfigureFunctionsWebApplication().");

        var queues = QueueSubscription.Of(catalog, builder.Configuration);
        var timers = TimerSubscription.Of(catalog, builder.Configuration);
        builder.WebHost.UseUrls(settings.Url);
        builder.Services
            .AddSingleton(settings)
            .AddSingleton(catalog)
            .AddSingleton(queues)
            .AddSingleton(timers)
            .AddSingleton(new QueueSettings(hostJson.Settings))
            .AddSingleton(pipeline)
            .AddSingleton<FunctionRunner>()
            .AddSingleton<QueueListeners>()
            .AddSingleton<TimerListeners>()
            .AddHostedService<ListenerHost>();

        var app = builder.Build();
        var resolver = app.Services.GetRequiredService<IInlineConstraintResolver>();
        var routes = new RouteTable([.. triggers.Select(http => new FunctionRoute(http.Function, http.Trigger, hostJson.RoutePrefix, resolver))]);
        var key = new FunctionKey(settings.FunctionKey);
        var runner = app.Services.GetRequiredService<FunctionRunner>();
        app.Run(new HttpFunctions(routes, new AdminFunctions(catalog, key, runner), key, runner).Answer);
        return app;
    }
}
