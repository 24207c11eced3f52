namespace FamilyPa.Core.Settings;

/// <summary>Retention of content in days (<c>Retention__…</c>). The app keeps the AI usage ledger, the tasks and each message's metadata.</summary>
public sealed class RetentionSettings
{
    /// <summary>
    /// Raw webhook forms, message texts, extraction results, messages of unknown senders, poison message bodies, and media of failed messages.
    /// </summary>
    public int RawPayloadDays { get; set; } = 30;

    /// <summary>Recordings and other attachments, counted from the end of their message.</summary>
    public int MediaDays { get; set; } = 7;

    /// <summary>Transcripts, replies and clarifying questions.</summary>
    public int TranscriptDays { get; set; } = 90;
}
