using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Transcription;

public static class TranscriptionServices
{
    private const string HttpClientName = "azure-openai-audio";

    public static IServiceCollection AddTranscription(this IServiceCollection services) => services
        .AddAzureOpenAIHttp(HttpClientName, Timeout)
        .AddSingleton(provider => AzureOpenAI.Create(provider, HttpClientName, Timeout)
            .GetAudioClient(provider.GetRequiredService<IOptions<AppSettings>>().Value.AzureOpenAITranscriptionDeployment))
        .AddSingleton<Transcriber>();

    private static TimeSpan Timeout(PipelineSettings paces) => paces.TranscriptionTimeout;
}
