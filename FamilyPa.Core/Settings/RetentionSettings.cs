namespace FamilyPa.Core.Settings;

/// <summary>For how many days what families send is kept (<c>Retention__…</c>). The ledger, the tasks and each message's skeleton stay.</summary>
public sealed class RetentionSettings
{
    /// <summary>Forms as they came, message texts, what was understood of them, what came from strangers or was given up; media of failed messages.</summary>
    public int RawPayloadDays { get; set; } = 30;

    /// <summary>Recordings and other attachments, once their message is finished.</summary>
    public int MediaDays { get; set; } = 7;

    /// <summary>Transcripts, and what we replied and asked.</summary>
    public int TranscriptDays { get; set; } = 90;
}
