using FamilyPa.Core.Settings;

namespace FamilyPa.Core.Extraction;

/// <summary>What a call to the language model cost.</summary>
public sealed record ModelUsage(string Deployment, int InputTokens, int OutputTokens, decimal CostUsd)
{
    private const decimal Million = 1_000_000m;

    public static ModelUsage Of(string deployment, int inputTokens, int outputTokens, PipelineSettings prices) => new(
        deployment, inputTokens, outputTokens,
        ((inputTokens * prices.ChatInputUsdPerMillion) + (outputTokens * prices.ChatOutputUsdPerMillion)) / Million);
}

/// <summary>The model answered, and its answer is of no use; it was paid for all the same.</summary>
/// <param name="code">Stable, for counting.</param>
/// <param name="detail">What is wrong with it, without a word of the answer.</param>
public sealed class ModelAnswerException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;

    public ModelUsage? Usage { get; init; }
}
