using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;

namespace FamilyPa.Core.Extraction;

/// <param name="Questions">Our open questions that the message may answer.</param>
/// <param name="Now">When the message arrived. "Tomorrow" counts from then, however late the message is processed.</param>
public sealed record ExtractionRequest(SenderWords Words, Member Sender, Family Family, IReadOnlyList<OpenQuestion> Questions, DateTimeOffset Now)
{
    /// <summary>Existing tasks that the message may be about.</summary>
    public IReadOnlyList<ContextTask> Tasks { get; init; } = [];

    /// <summary>The family's own lists.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
}

/// <summary>Finds the tasks that a message holds.</summary>
public interface ITaskExtractor
{
    /// <param name="reserve">Reserves the maximum cost of each call before it; returns false when the budget does not allow it.</param>
    /// <returns>The tasks and the cost; null when a cost was not reserved.</returns>
    /// <exception cref="ModelAnswerException">The answer is unusable.</exception>
    /// <exception cref="System.ClientModel.ClientResultException">The service rejected the request or could not be reached, also after retries.</exception>
    Task<(ExtractionResult Result, ModelUsage? Usage)?> ExtractAsync(
        ExtractionRequest request, Func<ModelUsage, Task<bool>> reserve, CancellationToken cancellation);
}
