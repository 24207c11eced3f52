using FamilyPa.Core.Extraction;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Canary;

public static class CanaryServices
{
    /// <summary>Registers the canary.</summary>
    public static IServiceCollection AddCanary(this IServiceCollection services)
    {
        services.AddOptions<CanarySettings>().BindConfiguration("Canary");
        services.AddHttpClient(nameof(Canary), http => http.Timeout = TimeSpan.FromSeconds(15)).RemoveAllLoggers();
        return services
            .AddSingleton<CanaryFamily>()
            // Takes the place of the extractor that stands behind it: the last registration counts.
            .AddSingleton<ITaskExtractor>(provider => new CanaryExtractor(provider.GetRequiredService<TaskExtractor>()))
            .AddSingleton(provider => new Canary(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Canary)), provider.GetRequiredService<CanaryFamily>(),
                provider.GetRequiredService<Database>(), provider.GetRequiredService<IOptions<AppSettings>>(),
                provider.GetRequiredService<IOptions<CanarySettings>>(), provider.GetRequiredService<ILogger<Canary>>()));
    }
}
