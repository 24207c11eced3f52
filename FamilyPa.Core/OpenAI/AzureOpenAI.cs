using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Identity;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;

namespace FamilyPa.Core.OpenAI;

/// <summary>Clients of Azure OpenAI whose HTTP calls are paced as all our outside calls are.</summary>
internal static class AzureOpenAI
{
    /// <summary>Registers the HTTP client that <see cref="Create"/> takes: retries with exponential backoff and jitter, a Retry-After honoured.</summary>
    /// <param name="timeout">For one HTTP call.</param>
    public static IServiceCollection AddAzureOpenAIHttp(this IServiceCollection services, string name, Func<PipelineSettings, TimeSpan> timeout)
    {
        services.AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            // The client lives as long as the app, so it is the connections that must follow DNS.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5))
            .AddResilienceHandler("retries", (builder, context) =>
            {
                var settings = Paces(context.ServiceProvider);
                if (settings.AiRetries > 0)
                {
                    // Only what certainly cost nothing is asked again on the same reservation.
                    builder.AddRetry(OutboundRetryPolicy.Retries(
                        settings.AiRetries,
                        outcome => outcome.Result is { } response ? (int)response.StatusCode is 429 or 500 or 503 : OutboundRetryPolicy.IsUnreached(outcome.Exception)));
                }

                builder.AddTimeout(timeout(settings));
            });
        return services;
    }

    public static AzureOpenAIClient Create(IServiceProvider services, string httpClient, Func<PipelineSettings, TimeSpan> timeout)
    {
        var settings = services.GetRequiredService<IOptions<AppSettings>>().Value;
        var paces = Paces(services);
        var options = new AzureOpenAIClientOptions(AzureOpenAIClientOptions.ServiceVersion.V2025_04_01_Preview)
        {
            Transport = new HttpClientPipelineTransport(services.GetRequiredService<IHttpClientFactory>().CreateClient(httpClient)),
            // Retries are the HTTP client's, so that all outside calls are paced in the same way.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = (timeout(paces) + OutboundRetryPolicy.LongestPause) * (paces.AiRetries + 1),
        };
        var endpoint = new Uri(settings.AzureOpenAIEndpoint);
        return settings.AzureOpenAIApiKey is { Length: > 0 } key
            ? new AzureOpenAIClient(endpoint, new ApiKeyCredential(key), options)
            : new AzureOpenAIClient(endpoint, new DefaultAzureCredential(), options);
    }

    private static PipelineSettings Paces(IServiceProvider services) => services.GetRequiredService<IOptions<PipelineSettings>>().Value;
}
