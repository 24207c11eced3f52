
namespace FamilyPa.Core.Settings;

/// <summary>Timing of the pipeline (<c>Pipeline__…</c>). Operators rarely need to change the defaults.</summary>
public sealed class PipelineSettings
{
    /// <summary>Duration of a job's lease. The worker renews it after a third of this time.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a job may wait for its queue message before the sweeper sends another one. The time doubles with every sweep.</summary>
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed or crashed attempts of one phase after which the job fails, even if its queue message is delivered again.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>How long a webhook request waits for the database before the app sends the message to the queue <c>inbound</c>. Twilio's timeout is 15 s.</summary>
    public TimeSpan AcceptTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Visibility delay of a queue message while the database is unavailable; it costs no attempt. Storage queues support whole seconds only.</summary>
    public TimeSpan DatabasePause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far back the reconciler looks for messages without a webhook, and for replies with an uncertain result.</summary>
    public TimeSpan ReconcileBack { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Minimum age of a message or reply before the reconciler handles it. Younger ones may still be in progress.</summary>
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Page size for Twilio's message list. Fifty messages of maximum length stay well below the 1 MB response limit.</summary>
    public int ReconcilePageSize { get; set; } = 50;

    /// <summary>Timeout of one HTTP call to the chat model.</summary>
    public TimeSpan AiTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a reply waits for the model that puts it in a language that has no file. After it, the reply is in the family's language.</summary>
    public TimeSpan TranslationTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Timeout of one HTTP call to the transcription model. Transcribing a short note takes about as long as playing it.</summary>
    public TimeSpan TranscriptionTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Retries after a transient failure, inside one attempt.</summary>
    public int AiRetries { get; set; } = 2;

    /// <summary>Timeout of one HTTP call to Twilio.</summary>
    public TimeSpan TwilioTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Retries of an attachment download after a transient failure, inside one attempt.</summary>
    public int MediaRetries { get; set; } = 2;

    /// <summary>Timeout for downloading an attachment, from its first byte.</summary>
    public TimeSpan MediaTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Maximum time without data while an attachment is downloading.</summary>
    public TimeSpan MediaIdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the app deletes Twilio's copy of an attachment after it has checked and stored it.</summary>
    public bool DeleteTwilioMedia { get; set; } = true;

    /// <summary>Tasks with a lower confidence (0 to 1) are stored for review, and the reply asks about them.</summary>
    public double ReviewBelowConfidence { get; set; } = 0.6;

    /// <summary>How long the sender's next message may answer a clarifying question.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How old an open task of the family may be for the same wish to be said to be there already. Zero adds it again.</summary>
    public TimeSpan SameWishWithin { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Price of the chat model in US dollars per million tokens.</summary>
    public decimal ChatInputUsdPerMillion { get; set; } = 0.12m;

    /// <inheritdoc cref="ChatInputUsdPerMillion"/>
    public decimal ChatOutputUsdPerMillion { get; set; } = 0.60m;

    /// <summary>Price in US dollars per minute of audio, for a transcription model that is charged by duration.</summary>
    public decimal TranscriptionUsdPerMinute { get; set; } = 0.0045m;

    /// <summary>Price in US dollars per million audio tokens, for a transcription model that is charged by tokens.</summary>
    public decimal TranscriptionAudioUsdPerMillion { get; set; } = 3m;

    /// <summary>Price per million tokens of the text sent with the audio (<see cref="TranscriptionAudioUsdPerMillion"/>).</summary>
    public decimal TranscriptionInputUsdPerMillion { get; set; } = 1.25m;

    /// <summary>Price per million tokens of the transcript (<see cref="TranscriptionAudioUsdPerMillion"/>).</summary>
    public decimal TranscriptionOutputUsdPerMillion { get; set; } = 5m;
}
