using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;

namespace FamilyPa.Core.Extraction;

/// <param name="Questions">Of ours, that the message may answer.</param>
/// <param name="Now">The moment that the message arrived: "tomorrow" counts from there, however late it is worked on.</param>
public sealed record ExtractionRequest(SenderWords Words, Member Sender, Family Family, IReadOnlyList<OpenQuestion> Questions, DateTimeOffset Now);

/// <summary>Finds the tasks that a message holds.</summary>
public interface ITaskExtractor
{
    /// <summary>What the request can cost at most, to be reserved before it is made; null when it costs nothing.</summary>
    ModelUsage? Worst(ExtractionRequest request);

    /// <returns>What was understood, and what it cost.</returns>
    /// <exception cref="ModelAnswerException">The answer is of no use.</exception>
    /// <exception cref="System.ClientModel.ClientResultException">The service refused or could not be reached, also after retries.</exception>
    Task<(ExtractionResult Result, ModelUsage? Usage)> ExtractAsync(ExtractionRequest request, CancellationToken cancellation);
}
