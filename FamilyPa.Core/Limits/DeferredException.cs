namespace FamilyPa.Core.Limits;

/// <summary>Not now. The job has been set aside already, in the transaction that found out; there is nothing left to record.</summary>
/// <param name="steps">What that transaction wants done.</param>
public sealed class DeferredException(IReadOnlyList<JobStep> steps) : Exception("The job has to wait.")
{
    public IReadOnlyList<JobStep> Steps { get; } = steps;
}
