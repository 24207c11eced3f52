using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Upkeep;

public static class UpkeepServices
{
    /// <summary>What the timers do: fetch what never arrived, remove what is too old, finish what was asked to be forgotten.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services) => services
        .AddSingleton(provider => new TwilioMessages(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(TwilioClient)),
            provider.GetRequiredService<IOptions<AppSettings>>(),
            provider.GetRequiredService<IOptions<PipelineSettings>>()))
        .AddSingleton<Reconciler>()
        .AddSingleton<UncertainReplies>()
        .AddSingleton<Retention>()
        .AddSingleton<Erasures>();
}
