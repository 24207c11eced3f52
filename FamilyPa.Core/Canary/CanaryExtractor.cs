using FamilyPa.Core.Extraction;
using FamilyPa.Core.OpenAI;

namespace FamilyPa.Core.Canary;

/// <summary>Understands what the canary's family writes without a model; all other messages go to the extractor proper.</summary>
internal sealed class CanaryExtractor(ITaskExtractor extractor) : ITaskExtractor
{
    /// <summary>One task, nothing to be asked.</summary>
    private static readonly ExtractionResult Understood = new([new ExtractedTask("Canary", null, null, null, null, 1)], null, "en");

    public Task<(ExtractionResult Result, ModelUsage? Usage)?> ExtractAsync(
        ExtractionRequest request, Func<ModelUsage, Task<bool>> reserve, CancellationToken cancellation) => CanaryFamily.Is(request.Family)
        ? Task.FromResult<(ExtractionResult, ModelUsage?)?>((Understood, null))
        : extractor.ExtractAsync(request, reserve, cancellation);
}
