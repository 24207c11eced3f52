using System.Net.Http.Headers;
using System.Text;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Replies;

public static class ReplyServices
{
    public static IServiceCollection AddReplies(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(TwilioClient), (provider, http) =>
            {
                var app = provider.GetRequiredService<IOptions<AppSettings>>().Value;
                http.BaseAddress = new Uri(app.TwilioApiBaseUrl.TrimEnd('/') + "/");
                http.Timeout = provider.GetRequiredService<IOptions<PipelineSettings>>().Value.TwilioTimeout;
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.TwilioAccountSid}:{app.TwilioAuthToken}")));
                http.MaxResponseContentBufferSize = 1 << 20;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.AllowAutoRedirect = false;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            })
            .RemoveAllLoggers();
        return services
            .AddSingleton(provider => new TwilioClient(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(TwilioClient)), provider.GetRequiredService<IOptions<AppSettings>>()))
            .AddSingleton<ReplyOutbox>();
    }
}
