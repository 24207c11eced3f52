using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Hosting;

/// <summary>
/// host.json beside the app, with the platform's overrides from the environment on top:
/// <c>AzureFunctionsJobHost__extensions__queues__maxPollingInterval</c> and the like.
/// </summary>
internal sealed class HostJson
{
    public HostJson(string path, IConfiguration app)
    {
        Overrides = app.GetSection("AzureFunctionsJobHost");
        Settings = new ConfigurationBuilder()
            .AddJsonFile(path, optional: true, reloadOnChange: false)
            .AddConfiguration(Overrides)
            .Build();
    }

    public IConfiguration Settings { get; }

    public string RoutePrefix
    {
        get
        {
            if (Overrides["extensions:http:routePrefix"] is not null)
            {
                throw new InvalidOperationException(
                    "Set extensions.http.routePrefix in host.json: the worker does not see the app setting, and every HTTP call would fail.");
            }

            return (Settings["extensions:http:routePrefix"] ?? "api").Trim('/');
        }
    }

    private IConfiguration Overrides { get; }
}
