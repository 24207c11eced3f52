using FamilyPa.Simulators.Extraction;

namespace FamilyPa.Simulators.OpenAI;

public sealed record AzureOpenAISimulatorOptions
{
    public string ApiKey { get; init; } = "local-openai-key";

    /// <summary>Deployments that chat, each with the model it reports. All are as strict as the models named here by default.</summary>
    public IReadOnlyDictionary<string, string> ChatDeployments { get; init; } =
        new Dictionary<string, string> { ["chat"] = "gpt-6-luna-2026-09-22", ["chat-fallback"] = "gpt-5.6-luna-2026-07-09" };

    /// <summary>Deployments that transcribe, each with the model it reports, which decides what it takes and answers.</summary>
    public IReadOnlyDictionary<string, string> TranscriptionDeployments { get; init; } =
        new Dictionary<string, string> { ["transcription"] = "gpt-transcribe-2026-07-28", ["transcription-fallback"] = "gpt-4o-mini-transcribe-2025-12-15" };

    /// <summary>Deployments whose model is retired: they answer 410 to every request.</summary>
    public IReadOnlySet<string> RetiredDeployments { get; init; } = new HashSet<string> { "whisper", "gpt-4.1-mini" };

    /// <summary>The <c>node_modules</c> folder that holds chrono-node, for dates in sentences. Without it a chat answers 500 and says so.</summary>
    public string? NodeModules { get; init; }

    /// <summary>The Node.js executable, version 20 or later.</summary>
    public string Node { get; init; } = "node";

    /// <summary>A shared helper process, which the simulator does not end. When null, the simulator starts its own.</summary>
    public DateRecogniser? Dates { get; init; }
}
