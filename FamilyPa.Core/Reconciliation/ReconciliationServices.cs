using FamilyPa.Core.Erasure;
using FamilyPa.Core.Retention;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reconciliation;

public static class ReconciliationServices
{
    /// <summary>What the timers do: fetch what never arrived, remove what is too old, finish what was asked to be forgotten.</summary>
    public static IServiceCollection AddReconciliation(this IServiceCollection services) => services
        .AddSingleton(provider => new TwilioMessageList(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(TwilioClient)),
            provider.GetRequiredService<IOptions<AppSettings>>(),
            provider.GetRequiredService<IOptions<PipelineSettings>>()))
        .AddSingleton<Reconciler>()
        .AddSingleton<UncertainReplies>()
        .AddSingleton<RetentionRun>()
        .AddSingleton<Erasures>();
}
