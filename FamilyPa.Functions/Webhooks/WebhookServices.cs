using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.Webhooks;

public static class WebhookServices
{
    public static IServiceCollection AddTwilioWebhooks(this IServiceCollection services) => services
        .AddSingleton<SharedSecret>()
        .AddSingleton<TwilioRequestValidator>()
        .AddSingleton<TwilioGuard>()
        .AddSingleton<WebhookRefusals>();
}
