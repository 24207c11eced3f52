using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Families;
using FamilyPa.Core.Messages;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Verification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core;

public static class CoreServices
{
    /// <summary>Binds and checks the settings before anything starts: an app without its secrets must not run.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        Sanitizer.Hide(SecretSettings.Of(configuration));
        services.AddOptions<AppSettings>().Bind(configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AppSettings>, AppSettingsValidator>();
        services.AddOptions<PipelineSettings>().BindConfiguration("Pipeline");
        services.AddOptions<LimitSettings>().BindConfiguration("Limits");
        services.AddOptions<RetentionSettings>().BindConfiguration("Retention")
            .Validate(days => days is { RawPayloadDays: >= 0, MediaDays: >= 0, TranscriptDays: >= 0 }, "Retention__… are days, from 0.")
            .ValidateOnStart();
        return services;
    }

    /// <summary>Taking messages in: stored once, refused callers counted, delivery of our replies followed.</summary>
    public static IServiceCollection AddInbox(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<Inbox>()
            .AddSingleton<Intake>()
            .AddSingleton<LateIntake>()
            .AddSingleton<SpilledIntake>()
            .AddSingleton<DeliveryStatus>()
            .AddSingleton<FamilyDirectory>()
            .AddSingleton<FamilyOverview>()
            .AddSingleton<VerificationFailures>();
    }
}
