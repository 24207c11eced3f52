using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;

namespace FamilyPa.Core.OpenAI;

/// <summary>What a call to a model cost.</summary>
public sealed record ModelUsage(string Deployment, int InputTokens, int OutputTokens, decimal AudioSeconds, decimal CostUsd)
{
    private const decimal Million = 1_000_000m;

    public static ModelUsage OfChat(string deployment, int inputTokens, int outputTokens, PipelineSettings prices) => new(
        deployment, inputTokens, outputTokens, 0,
        ((inputTokens * prices.ChatInputUsdPerMillion) + (outputTokens * prices.ChatOutputUsdPerMillion)) / Million);

    public static ModelUsage OfAudio(string deployment, double seconds, PipelineSettings prices) => new(
        deployment, 0, 0, (decimal)seconds, (decimal)seconds / 60 * prices.TranscriptionUsdPerMinute);

    internal void Measure() => Meters.ModelUsed(Deployment, InputTokens, OutputTokens, (double)AudioSeconds, (double)CostUsd);
}
