using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Extraction;

public static class ExtractionServices
{
    private const string HttpClientName = "azure-openai-chat";

    public static IServiceCollection AddExtraction(this IServiceCollection services) => services
        .AddAzureOpenAIHttp(HttpClientName, Timeout)
        .AddSingleton(provider => AzureOpenAI.Create(provider, HttpClientName, Timeout)
            .GetChatClient(provider.GetRequiredService<IOptions<AppSettings>>().Value.AzureOpenAIChatDeployment))
        .AddSingleton<ChatModel>()
        .AddSingleton<TaskExtractor>()
        .AddSingleton<ITaskExtractor>(provider => provider.GetRequiredService<TaskExtractor>());

    private static TimeSpan Timeout(PipelineSettings paces) => paces.AiTimeout;
}
