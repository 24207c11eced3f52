using FamilyPa.Core.Twilio;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.Webhooks;

public static class WebhookServices
{
    public static IServiceCollection AddTwilioWebhooks(this IServiceCollection services) => services
        .AddSingleton<SharedSecret>()
        .AddSingleton<TwilioRequestValidator>()
        .AddSingleton<FormGrammar>()
        .AddSingleton<TwilioGuard>()
        .AddSingleton<WebhookRefusals>();
}
