using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Jobs;

/// <summary>How a phase ended. The phase only says so; the runner commits it.</summary>
public abstract record PhaseResult
{
    /// <summary>Whether the service that the phase needs did its part.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Adds the phase's output to the batch that commits the result.</summary>
    public Action<DatabaseBatch>? Output { get; init; }

    /// <summary>The job continues with another phase.</summary>
    /// <param name="Reason">The job's status reason from then on; null keeps the one it has.</param>
    public record Next(Phase Phase, string? Reason = null) : PhaseResult
    {
        /// <summary>The extract phase's answer as JSON; null keeps the one that the job has.</summary>
        public string? Extraction { get; init; }
    }

    /// <summary>The message cannot be processed. The job continues with finalize, which tells the sender why.</summary>
    public sealed record Rejected(string Reason) : Next(Phase.Finalize, Reason);

    /// <summary>The job ends.</summary>
    /// <param name="Status"><c>done</c> or <c>rejected</c>.</param>
    /// <param name="Reply">The result of sending the reply; null when nothing was sent this time.</param>
    public sealed record Done(string Status, SendResult? Reply) : PhaseResult;

    /// <summary>The job waits: the transaction that refused a reservation has deferred it already.</summary>
    /// <param name="Actions">To perform after that transaction.</param>
    public sealed record Deferred(IReadOnlyList<PostCommitAction> Actions) : PhaseResult;
}
