using System.Collections;

namespace FunctionsHost;

/// <summary>
/// The host's configuration: the environment, the app settings, and <c>host.json</c> under <c>AzureFunctionsJobHost</c>, which settings such as
/// <c>AzureFunctionsJobHost__extensions__queues__batchSize</c> override.
/// </summary>
internal static class HostSettings
{
    public const string Section = "AzureFunctionsJobHost";

    private const string RoutePrefixKey = Section + ":extensions:http:routePrefix";

    public static IConfigurationRoot Load(FunctionsHostOptions options)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
        foreach (var (name, value) in options.Settings)
            environment[name] = value;
        var settings = environment.Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => setting.Value, StringComparer.OrdinalIgnoreCase);
        if (settings.ContainsKey(RoutePrefixKey))
            throw new FunctionsHostException("Set extensions.http.routePrefix in host.json: the worker does not see the app setting, and every HTTP call would fail.");
        var hostJson = new ConfigurationBuilder().AddJsonFile(Path.Combine(Path.GetDirectoryName(options.Assembly)!, "host.json"), optional: true).Build();
        return new ConfigurationBuilder()
            .AddInMemoryCollection(hostJson.AsEnumerable().Select(setting => KeyValuePair.Create($"{Section}:{setting.Key}", setting.Value)))
            .AddInMemoryCollection(settings)
            .AddInMemoryCollection([new("AzureWebJobsConfigurationSection", Section)])
            .Build();
    }

    public static string RoutePrefix(IConfiguration settings) => (settings[RoutePrefixKey] ?? "api").Trim('/');
}
