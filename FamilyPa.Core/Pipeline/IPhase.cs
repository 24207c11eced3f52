using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Pipeline;

/// <summary>The work of one phase on a job that is leased to it.</summary>
public interface IPhase
{
    Phase Phase { get; }

    /// <summary>Does the work, or skips it when its output is stored already.</summary>
    Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation);
}
