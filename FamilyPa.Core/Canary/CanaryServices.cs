using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Canary;

public static class CanaryServices
{
    /// <summary>A message of our own that tells whether messages come through.</summary>
    public static IServiceCollection AddCanary(this IServiceCollection services)
    {
        services.AddOptions<CanarySettings>().BindConfiguration("Canary");
        services.AddHttpClient(nameof(Canary), http => http.Timeout = TimeSpan.FromSeconds(15)).RemoveAllLoggers();
        return services
            .AddSingleton<CanaryFamily>()
            .AddSingleton(provider => new Canary(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Canary)), provider.GetRequiredService<CanaryFamily>(),
                provider.GetRequiredService<Database>(), provider.GetRequiredService<IOptions<AppSettings>>(),
                provider.GetRequiredService<IOptions<CanarySettings>>(), provider.GetRequiredService<ILogger<Canary>>()));
    }
}
