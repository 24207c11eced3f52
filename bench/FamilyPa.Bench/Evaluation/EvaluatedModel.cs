using FamilyPa.Core;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Settings;
using FamilyPa.Simulators.OpenAI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FamilyPa.Bench.Evaluation;

/// <summary>The product's own extractor, on the model that the app's settings name.</summary>
internal sealed class EvaluatedModel : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public EvaluatedModel(IConfiguration configuration)
    {
        services = new ServiceCollection()
            .AddSingleton(configuration)
            .AddSettings(configuration)
            // The app needs more settings than its model does.
            .RemoveAll<IValidateOptions<AppSettings>>()
            .AddExtraction()
            .BuildServiceProvider();
        var settings = services.GetRequiredService<IOptions<AppSettings>>().Value;
        if (settings.AzureOpenAIEndpoint.Length == 0 || settings.AzureOpenAIChatDeployment.Length == 0)
            throw new InvalidOperationException("AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_CHAT_DEPLOYMENT must both be set.");
        Endpoint = new Uri(settings.AzureOpenAIEndpoint);
        Deployment = settings.AzureOpenAIChatDeployment;
    }

    public static EvaluatedModel Of(AzureOpenAISimulator simulator, string deployment) => new(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?>
        {
            ["AZURE_OPENAI_ENDPOINT"] = simulator.BaseUrl,
            ["AZURE_OPENAI_API_KEY"] = new AzureOpenAISimulatorOptions().ApiKey,
            ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = deployment,
        }).Build());

    public Uri Endpoint { get; }

    public string Deployment { get; }

    public TaskExtractor Extractor => services.GetRequiredService<TaskExtractor>();

    public double ReviewBelow => services.GetRequiredService<IOptions<PipelineSettings>>().Value.ReviewBelowConfidence;

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
