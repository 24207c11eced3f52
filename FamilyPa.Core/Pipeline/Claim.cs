using FamilyPa.Core.Families;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Pipeline;

/// <summary>A job leased to this worker for one phase, with everything that the phase needs to know.</summary>
/// <param name="LeaseToken">Fences every write: one that bears a token which is no longer the job's changes nothing.</param>
/// <param name="StatusReason">A keyword or a rejection that was decided earlier; null for an ordinary message.</param>
/// <param name="Extraction">The stored answer of the extract phase, once there is one.</param>
public sealed record Claim(
    Guid JobId,
    Guid LeaseToken,
    Guid AttemptId,
    int Attempt,
    Phase Phase,
    string MessageSid,
    string? StatusReason,
    string? Extraction,
    string Body,
    int MediaCount,
    string FromAddress,
    string ToAddress,
    DateTimeOffset ReceivedAt,
    Member Sender,
    Family Family);

/// <summary>What came of asking for a job.</summary>
/// <param name="Outcome">As documented at <c>claim_job</c> in the migrations.</param>
public sealed record ClaimResult(string Outcome, Claim? Claim, Phase? CurrentPhase, int Generation, TimeSpan Wait);
