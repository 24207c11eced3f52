namespace FamilyPa.Core.Replies;

/// <summary>What a message to a phone is for. Each reference gets one message of a kind at most.</summary>
/// <remarks>The reference is the SID of the message that is answered, where nothing else is said.</remarks>
public enum ReplyKind
{
    Reply,

    /// <summary>The message could not be processed.</summary>
    Failure,

    /// <summary>More messages came than are processed at once.</summary>
    Throttled,

    /// <summary>The family's budget for the day is used up.</summary>
    Deferred,

    /// <summary>The sender is in no family, answered an invitation, or is asked for the family, and the webhook was answered before that was known.</summary>
    UnknownSender,

    /// <summary>Another member added this one. The reference is <c>member:</c> and the member's id.</summary>
    Invitation,

    /// <summary>A task is due. The reference is <c>reminder:</c>, the task's id, the time that was said, else when it is due, and the member's id.</summary>
    Reminder,

    /// <summary>Another member assigned a task to this one, or completed one for them. The reference is <c>assigned:</c> or <c>completed:</c>, the task's id, and the member's.</summary>
    TaskNotice,

    /// <summary>What is due and what was done, once a day. The reference is <c>digest:</c>, the family's id, the member's, and the date.</summary>
    Digest,

    /// <summary>A sign-in code. The reference is <c>code:</c> and the id in <c>login_codes</c>.</summary>
    Code,
}

/// <summary>A message to one phone, as <see cref="ReplyOutbox"/> stores and sends it.</summary>
/// <param name="FamilyId">Null for a text of no family.</param>
/// <param name="Reference">See <see cref="ReplyKind"/>; unique together with <paramref name="Kind"/>.</param>
/// <param name="To">The receiver, as Twilio names it.</param>
/// <param name="From">The number of ours that sends it; null where none is known, then the message is stored as <c>suppressed</c>.</param>
/// <param name="Body">The text as it is stored, without secrets.</param>
public sealed record OutgoingMessage(ReplyKind Kind, Guid? FamilyId, string Reference, string To, string? From, string Body)
{
    /// <summary>It confirms a STOP: the one message that its sender still gets.</summary>
    public bool ConfirmsStop { get; init; }

    /// <summary>Why the message is stored but not sent; null for a message to send.</summary>
    public string? SuppressedBecause { get; init; }

    /// <summary>The SID of the approved WhatsApp template to send it with, which is allowed at any time; null for free text.</summary>
    public string? Template { get; init; }

    /// <summary>Puts a code or link, which is not stored, into the stored body; null where the body has none.</summary>
    public Func<string, string>? AddSecret { get; init; }

    /// <summary>Identifies this attempt to send it: after a lost commit response it can take the row again, and no other attempt can.</summary>
    public Guid SendingId { get; init; } = Guid.NewGuid();
}
