using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Membership;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core;

public static class CoreServices
{
    /// <summary>Binds the settings and validates them at startup: the app must not run without its secrets.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        Sanitizer.Hide(SecretSettings.Of(configuration));
        services.AddOptions<AppSettings>().Bind(configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AppSettings>, AppSettingsValidator>();
        services.AddOptions<PipelineSettings>().BindConfiguration("Pipeline");
        services.AddOptions<LimitSettings>().BindConfiguration("Limits")
            .Validate(limits => limits.IsValid(), "Limits__… must be greater than 0 (costs may be 0), Limits__MaxConcurrentJobs at most 1000, MaxAudioMinutes at most 23, MaxMediaMegabytes at most 26, MaxPictureMegapixels at most 64, and BreakerOpenMost no less than BreakerOpen.")
            .ValidateOnStart();
        services.AddOptions<SignInSettings>().BindConfiguration("SignIn");
        services.AddOptions<RetentionSettings>().BindConfiguration("Retention")
            .Validate(days => days is { RawPayloadDays: >= 0, MediaDays: >= 0, TranscriptDays: >= 0 }, "Retention__… must be 0 or more days.")
            .ValidateOnStart();
        return services;
    }

    /// <summary>Registers ingestion, verification failures and delivery status.</summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<MessageIngestion>()
            .AddSingleton<WebhookIngestion>()
            .AddSingleton<DelayedIngestion>()
            .AddSingleton<FallbackSigner>()
            .AddSingleton<FallbackQueue>()
            .AddSingleton<FallbackQueueConsumer>()
            .AddSingleton<DeliveryStatus>()
            .AddSingleton<AdminFamilies>()
            .AddSingleton<AdminFamilyOverview>()
            .AddSingleton<VerificationFailures>();
    }
}
