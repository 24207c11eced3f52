using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;

namespace FamilyPa.Core.OpenAI;

/// <summary>What calls to a model cost.</summary>
public sealed record ModelUsage(string Deployment, int InputTokens, int OutputTokens, decimal AudioSeconds, decimal CostUsd)
{
    private const decimal Million = 1_000_000m;

    public static ModelUsage OfChat(string deployment, int inputTokens, int outputTokens, PipelineSettings prices) => new(
        deployment, inputTokens, outputTokens, 0,
        ((inputTokens * prices.ChatInputUsdPerMillion) + (outputTokens * prices.ChatOutputUsdPerMillion)) / Million);

    /// <summary>Of a transcription that is charged by its length.</summary>
    public static ModelUsage OfAudio(string deployment, double seconds, PipelineSettings prices) => new(
        deployment, 0, 0, (decimal)seconds, (decimal)seconds / 60 * prices.TranscriptionUsdPerMinute);

    /// <summary>Of a transcription that is charged by its tokens.</summary>
    /// <param name="audioTokens">Of the recording.</param>
    /// <param name="textTokens">Of what was sent beside it.</param>
    public static ModelUsage OfAudioTokens(string deployment, double seconds, int audioTokens, int textTokens, int outputTokens, PipelineSettings prices) => new(
        deployment, audioTokens + textTokens, outputTokens, (decimal)seconds,
        ((audioTokens * prices.TranscriptionAudioUsdPerMillion) + (textTokens * prices.TranscriptionInputUsdPerMillion)
            + (outputTokens * prices.TranscriptionOutputUsdPerMillion)) / Million);

    /// <summary>Of two calls to the same deployment.</summary>
    public ModelUsage Plus(ModelUsage? other) => other is null ? this : this with
    {
        InputTokens = InputTokens + other.InputTokens,
        OutputTokens = OutputTokens + other.OutputTokens,
        AudioSeconds = AudioSeconds + other.AudioSeconds,
        CostUsd = CostUsd + other.CostUsd,
    };

    internal void Measure() => Meters.ModelUsed(Deployment, InputTokens, OutputTokens, (double)AudioSeconds, (double)CostUsd);
}
