
namespace FamilyPa.Core.Settings;

/// <summary>Paces of the pipeline (<c>Pipeline__…</c>); the defaults are meant to be kept.</summary>
public sealed class PipelineSettings
{
    /// <summary>How long a job belongs to the worker that claimed it; renewed at a third of it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a job may wait for its queue message before the sweeper sends another; doubled with every sweep.</summary>
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries of one phase that died or failed, after which it is given up even if its queue message never is.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>How long a webhook waits for the database. After it the message is kept in the queue <c>inbound</c>; Twilio itself waits 15 s.</summary>
    public TimeSpan AcceptTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a queue message steps aside while the database is away; it loses none of its tries. Queues know whole seconds.</summary>
    public TimeSpan DatabasePause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far back Twilio is asked for messages that never arrived, and for replies of which it is not known whether they did.</summary>
    public TimeSpan ReconcileBack { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A message or reply younger than this is left to the webhook, or to the call that is sending it.</summary>
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Messages on one page of Twilio's list. Fifty of the longest are well under the megabyte that is read of an answer.</summary>
    public int ReconcilePageSize { get; set; } = 50;

    /// <summary>For one HTTP call to the language model.</summary>
    public TimeSpan AiTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>For one HTTP call to the transcription model, which listens about as long as a short note lasts.</summary>
    public TimeSpan TranscriptionTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Further HTTP calls after a transient failure, inside one attempt.</summary>
    public int AiRetries { get; set; } = 2;

    /// <summary>For one HTTP call to Twilio.</summary>
    public TimeSpan TwilioTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Further HTTP calls for an attachment after a transient failure, inside one attempt.</summary>
    public int MediaRetries { get; set; } = 2;

    /// <summary>How long an attachment may take to come, once its first byte has.</summary>
    public TimeSpan MediaTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long nothing of an attachment may come.</summary>
    public TimeSpan MediaIdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether Twilio's copy of an attachment is deleted once we have looked at it and keep what we need.</summary>
    public bool DeleteTwilioMedia { get; set; } = true;

    /// <summary>A task understood with less confidence than this (0 to 1) is stored for review and asked about.</summary>
    public double ReviewBelowConfidence { get; set; } = 0.6;

    /// <summary>For how long after a question of ours the sender's next words may be its answer.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>US dollars for a million tokens, of the chat deployment's model.</summary>
    public decimal ChatInputUsdPerMillion { get; set; } = 0.15m;

    /// <inheritdoc cref="ChatInputUsdPerMillion"/>
    public decimal ChatOutputUsdPerMillion { get; set; } = 0.60m;

    /// <summary>US dollars for a minute of sound, of the transcription deployment's model.</summary>
    public decimal TranscriptionUsdPerMinute { get; set; } = 0.006m;
}
