using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Identity;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using OpenAI.Chat;
using Polly;

namespace FamilyPa.Core.Extraction;

public static class ExtractionServices
{
    private const string HttpClientName = "azure-openai";

    public static IServiceCollection AddExtraction(this IServiceCollection services)
    {
        services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            // The client lives as long as the app, so it is the connections that must follow DNS.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5))
            .AddResilienceHandler("retries", (builder, context) =>
            {
                var settings = context.ServiceProvider.GetRequiredService<IOptions<PipelineSettings>>().Value;
                if (settings.AiRetries > 0)
                {
                    // Exponential with jitter; a Retry-After is honoured.
                    builder.AddRetry(new HttpRetryStrategyOptions
                    {
                        MaxRetryAttempts = settings.AiRetries,
                        BackoffType = DelayBackoffType.Exponential,
                        Delay = TimeSpan.FromMilliseconds(500),
                        UseJitter = true,
                    });
                }

                builder.AddTimeout(settings.AiTimeout);
            });
        return services
            .AddSingleton(CreateChatClient)
            .AddSingleton<TaskExtractor>();
    }

    private static ChatClient CreateChatClient(IServiceProvider services)
    {
        var settings = services.GetRequiredService<IOptions<AppSettings>>().Value;
        var paces = services.GetRequiredService<IOptions<PipelineSettings>>().Value;
        var options = new AzureOpenAIClientOptions
        {
            Transport = new HttpClientPipelineTransport(services.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName)),
            // Retries are the HTTP client's, so that all outside calls are paced in the same way.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = paces.AiTimeout * (paces.AiRetries + 1) + TimeSpan.FromSeconds(10),
        };
        var endpoint = new Uri(settings.AzureOpenAIEndpoint);
        var client = settings.AzureOpenAIApiKey is { Length: > 0 } key
            ? new AzureOpenAIClient(endpoint, new ApiKeyCredential(key), options)
            : new AzureOpenAIClient(endpoint, new DefaultAzureCredential(), options);
        return client.GetChatClient(settings.AzureOpenAIChatDeployment);
    }
}
