namespace FamilyPa.Core.Jobs;

/// <summary>Not now. The job has been set aside already, in the transaction that found out; there is nothing left to record.</summary>
/// <param name="steps">What that transaction wants done.</param>
public sealed class DeferredException(IReadOnlyList<PostCommitAction> steps) : Exception("The job has to wait.")
{
    public IReadOnlyList<PostCommitAction> Steps { get; } = steps;
}
