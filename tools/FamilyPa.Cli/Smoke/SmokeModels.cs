using System.Collections;
using System.Reflection;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Transcription;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;

namespace FamilyPa.Cli.Smoke;

/// <summary>The app's own clients of the models, with the app's settings.</summary>
/// <remarks>
/// The recording was spoken by espeak-ng and encoded as Opus, and carries its text as a comment, which only the simulator reads. The picture was drawn
/// by a program; the simulator knows it by its looks.
/// </remarks>
internal sealed class SmokeModels : IAsyncDisposable
{
    private static readonly Member Ann = new(Guid.Empty, "Ann", OptedOut: false);
    private static readonly Family Family = new(Guid.Empty, DateTimeZone.Utc, "en-GB", [Ann]);

    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider services;

    private SmokeModels(ServiceProvider services) => this.services = services;

    public IReadOnlyList<SmokeCheck> Checks
    {
        get
        {
            var settings = services.GetRequiredService<IOptions<AppSettings>>().Value;
            return
            [
                new("text", settings.AzureOpenAIChatDeployment, AskTextAsync, ["milk", "2026-11-24"]),
                new("recording", settings.AzureOpenAITranscriptionDeployment, AskRecordingAsync, ["milk", "dentist"]),
                new("picture", settings.AzureOpenAIChatDeployment, AskPictureAsync, ["library", "tomatoes"]),
            ];
        }
    }

    public static SmokeModels FromEnvironment()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Select(entry => KeyValuePair.Create(((string)entry.Key).Replace("__", ":", StringComparison.Ordinal), (string?)entry.Value))
                .DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddExtraction().AddTranscription();
        services.AddOptions<AppSettings>().Bind(configuration).PostConfigure(settings =>
        {
            // What infra/ calls them.
            settings.AzureOpenAIChatDeployment = Or(settings.AzureOpenAIChatDeployment, "chat");
            settings.AzureOpenAITranscriptionDeployment = Or(settings.AzureOpenAITranscriptionDeployment, "transcription");
            settings.AzureOpenAITranscriptionShape = Or(settings.AzureOpenAITranscriptionShape, TranscriptionShapes.GptTranscribe);
        });
        services.AddOptions<PipelineSettings>().BindConfiguration("Pipeline");
        services.AddOptions<LimitSettings>().BindConfiguration("Limits");
        var provider = services.BuildServiceProvider();
        var settings = provider.GetRequiredService<IOptions<AppSettings>>().Value;
        if (!Uri.TryCreate(settings.AzureOpenAIEndpoint, UriKind.Absolute, out _))
            throw CliException.Usage("set AZURE_OPENAI_ENDPOINT to the address of the Azure OpenAI resource");
        if (!TranscriptionShapes.All.Contains(settings.AzureOpenAITranscriptionShape))
            throw CliException.Usage($"AZURE_OPENAI_TRANSCRIPTION_SHAPE is none of {string.Join(", ", TranscriptionShapes.All)}");
        return new SmokeModels(provider);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static string Or(string given, string other) => string.IsNullOrWhiteSpace(given) ? other : given;

    private Task<(string Answer, ModelUsage Usage)> AskTextAsync(CancellationToken cancellation) => AskAsync("Buy oat milk tomorrow", [], cancellation);

    private Task<(string Answer, ModelUsage Usage)> AskPictureAsync(CancellationToken cancellation) => AskAsync("", [Read("note.jpg")], cancellation);

    private async Task<(string Answer, ModelUsage Usage)> AskAsync(string text, IReadOnlyList<BinaryData> pictures, CancellationToken cancellation)
    {
        var words = new SenderWords(text, Spoken: false, Forwarded: false) { Pictures = pictures };
        var extracted = await services.GetRequiredService<TaskExtractor>().ExtractAsync(
            new ExtractionRequest(words, Ann, Family, [], Now), _ => Task.FromResult(true), cancellation);
        var (result, usage) = extracted!.Value;
        return (string.Join("; ", result.Tasks.Select(task => $"{task.Title} {task.DueAt}")), usage!);
    }

    private async Task<(string Answer, ModelUsage Usage)> AskRecordingAsync(CancellationToken cancellation)
    {
        using var sound = new MemoryStream(Read("errand.ogg").ToArray());
        var heard = await services.GetRequiredService<Transcriber>().TranscribeAsync(sound, "voice.ogg", seconds: null, Family, cancellation);
        return (heard.Text, heard.Usage);
    }

    private static BinaryData Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Smoke/{file}")!;
        return BinaryData.FromStream(stream);
    }
}
