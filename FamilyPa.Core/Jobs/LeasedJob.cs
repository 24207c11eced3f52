using FamilyPa.Core.Families;
using FamilyPa.Core.Media;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Transcription;

namespace FamilyPa.Core.Jobs;

/// <summary>A job leased to this worker for one phase, with everything that the phase needs to know.</summary>
/// <param name="LeaseToken">Fences every write: one that bears a token which is no longer the job's changes nothing.</param>
/// <param name="Classification">What the message was found to be when it arrived: <c>ordinary</c>, a keyword, a command or an unsupported location.</param>
/// <param name="StatusReason">A rejection that an earlier phase decided, or else the classification; null for an ordinary message.</param>
/// <param name="Traceparent">Where its trace began (W3C); null when that was not traced.</param>
/// <param name="Extraction">The stored answer of the extract phase, once there is one.</param>
public sealed record LeasedJob(
    Guid JobId,
    Guid LeaseToken,
    Guid AttemptId,
    int Attempt,
    Phase Phase,
    string MessageSid,
    string Classification,
    string? StatusReason,
    string? Traceparent,
    string? Extraction,
    string Body,
    int MediaCount,
    string FromAddress,
    string ToAddress,
    DateTimeOffset ReceivedAt,
    Member Sender,
    Family Family,
    PhaseInput PhaseInput)
{
    /// <summary>The words that a command would be: the text, or what the only recording said.</summary>
    public string Said => PhaseInput.Transcripts is [var only] && string.IsNullOrWhiteSpace(Body) ? only.Text : Body;

    /// <summary>The service that the phase needs was down, and this attempt is to find out whether it is back.</summary>
    public bool IsProbe { get; init; }
}

/// <summary>What a phase works with besides the text of the message.</summary>
/// <param name="Media">The attachments as Twilio announced them, in their order; empty once the raw payload is past its age.</param>
/// <param name="Files">Those of them that the download phase has looked at.</param>
/// <param name="Transcripts">Those that have been listened to.</param>
/// <param name="Questions">What the sender was asked not too long before this message, and has not answered; the oldest first.</param>
/// <param name="Missed">Reminders and notices that did not reach the sender, who was not yet told so.</param>
/// <param name="Tasks">For the extract phase: tasks that the message may be about.</param>
/// <param name="Recent">For the finalize phase: the family's open tasks of the last day, and those without a due date.</param>
/// <param name="Forwarded">The message was forwarded.</param>
/// <param name="IsRecognisedKeyword">Twilio has recognised a keyword, and answered it.</param>
public sealed record PhaseInput(
    IReadOnlyList<MediaPart> Media,
    IReadOnlyList<MediaFile> Files,
    IReadOnlyList<Transcript> Transcripts,
    IReadOnlyList<OpenQuestion> Questions,
    IReadOnlyList<MissedMessage> Missed,
    IReadOnlyList<ContextTask> Tasks,
    IReadOnlyList<RecentTask> Recent,
    bool Forwarded,
    bool IsRecognisedKeyword = false)
{
    /// <summary>For the extract phase: the family's lists.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>For the finalize phase: the sender can get SMS from the number that this message was sent to.</summary>
    public bool TakesSms { get; init; }
}

/// <param name="By">Who gave the sender the task, or has done it; null for a reminder.</param>
public sealed record MissedMessage(string Title, string? By, bool IsDone);

/// <summary>An open task that the family could wish for again.</summary>
public sealed record RecentTask(Guid Id, string Title, DateTimeOffset? DueAt, IReadOnlyList<Guid> Assignees, DateTimeOffset CreatedAt, string? Category);

/// <summary>The result of a claim.</summary>
/// <param name="Outcome">As documented at <c>claim_job</c> in the migrations.</param>
/// <param name="Reason">Why it was set aside.</param>
public sealed record ClaimResult(string Outcome, LeasedJob? LeasedJob, Phase? CurrentPhase, int Generation, TimeSpan Wait, string? Reason = null);
