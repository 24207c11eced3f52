using FunctionsRuntime.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Builds an app of functions: services, configuration, middleware.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly FunctionSource source;
    private readonly WebApplicationBuilder web;
    private readonly HostJson hostJson;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middlewares = [];
    private bool isBuilt;

    /// <param name="args">The command line, read as configuration.</param>
    /// <param name="functions">Where functions are looked for instead of the app itself; for tests.</param>
    internal FunctionsApplicationBuilder(string[]? args, FunctionSource? functions = null)
    {
        source = functions ?? FunctionSource.App;
        web = LocalHost.CreateBuilder(args ?? []);
        hostJson = new HostJson(source.HostJsonPath, web.Configuration);
        LocalHost.ConfigureLogging(web, hostJson);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)web).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => web.Configuration;

    public IHostEnvironment Environment => web.Environment;

    public ILoggingBuilder Logging => web.Logging;

    public IMetricsBuilder Metrics => web.Metrics;

    public IServiceCollection Services => web.Services;

    internal bool HasAspNetCore { get; set; }

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        middlewares.Add(middleware);
        return this;
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);

    public IHost Build()
    {
        ThrowIfBuilt();
        isBuilt = true;
        return LocalHost.Build(web, hostJson, source, middlewares, HasAspNetCore);
    }

    private void ThrowIfBuilt()
    {
        if (isBuilt)
            throw new InvalidOperationException("The application is built already.");
    }
}
