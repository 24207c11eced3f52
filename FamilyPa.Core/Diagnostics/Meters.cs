using System.Diagnostics.Metrics;

namespace FamilyPa.Core.Diagnostics;

/// <summary>The app's metrics. Family and message ids are no dimensions: their cardinality is too high. Logs and the database have them.</summary>
public static class Meters
{
    public const string Name = "FamilyPa";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Taken = Meter.CreateCounter<long>(
        "familypa.messages.ingested", "{message}", "Verified messages, by outcome (accepted, duplicate, unmatched, …) and source.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("familypa.verifications.rejected", "{request}", "Rejected webhooks, by guard.");

    private static readonly Counter<long> Limited = Meter.CreateCounter<long>("familypa.limits.applied", "{message}", "Messages throttled or deferred, by limit.");
    private static readonly Counter<long> Breakers = Meter.CreateCounter<long>("familypa.breakers.changed", "{change}", "State changes of circuit breakers, by phase and state.");
    private static readonly Counter<long> Budgets = Meter.CreateCounter<long>("familypa.budgets.used", "{mark}", "Budgets that reached a threshold, by budget and percent.");

    public static void LimitActed(string limit) => Limited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    internal static void BreakerChanged(string phase, string state) =>
        Breakers.Add(1, new KeyValuePair<string, object?>("phase", phase), new KeyValuePair<string, object?>("state", state));

    internal static void BudgetUsed(string budget, int percent) =>
        Budgets.Add(1, new KeyValuePair<string, object?>("limit", budget), new KeyValuePair<string, object?>("percent", percent));

    private static readonly Histogram<double> PhaseDuration = Meter.CreateHistogram<double>(
        "familypa.phase.duration", "ms", "Duration of attempts, by phase and outcome.");

    private static readonly Histogram<double> MessageDuration = Meter.CreateHistogram<double>(
        "familypa.message.duration", "ms", "Time from receipt to the terminal status, by status and reason.");

    private static readonly Counter<long> Replies = Meter.CreateCounter<long>("familypa.replies", "{reply}", "Messages sent by Twilio, by outcome.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("familypa.ai.tokens", "{token}", "Tokens of the chat model, by direction.");

    private static readonly Counter<double> Audio = Meter.CreateCounter<double>("familypa.ai.audio", "s", "Audio that the transcription model processed.");

    private static readonly Counter<double> Cost = Meter.CreateCounter<double>("familypa.ai.cost", "{USD}", "Cost of the models.");

    private static readonly Gauge<long> Waiting = Meter.CreateGauge<long>(
        "familypa.queue.depth", "{message}", "Messages in each queue, including invisible ones.");

    private static readonly Gauge<long> Poison = Meter.CreateGauge<long>("familypa.poison.depth", "{message}", "Messages in each poison queue.");

    private static readonly Gauge<double> Oldest = Meter.CreateGauge<double>(
        "familypa.message.oldest_unfinished", "s", "Age of the oldest unfinished message, without throttled and deferred ones; 0 when there is none.");

    private static readonly Histogram<double> Canary = Meter.CreateHistogram<double>(
        "familypa.canary", "ms", "Canaries, by outcome (ok, late, refused, failed).");

    /// <summary>Whether a listener collects the queue depths. Reading them costs storage operations.</summary>
    internal static bool AreDepthsWanted => Waiting.Enabled;

    internal static void MessageIngested(string outcome, string source) => Taken.Add(1, new("outcome", outcome), new("source", source));

    public static void VerificationRejected(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal static void PhaseEnded(string phase, string outcome, double milliseconds) =>
        PhaseDuration.Record(milliseconds, new("phase", phase), new("outcome", outcome));

    internal static void MessageEnded(string status, string? reason, DateTimeOffset receivedAt) =>
        MessageDuration.Record((DateTimeOffset.UtcNow - receivedAt).TotalMilliseconds, new("status", status), new("reason", reason ?? "none"));

    internal static void ReplyEnded(string kind, string outcome) => Replies.Add(1, new("kind", kind), new("outcome", outcome));

    internal static void ModelUsed(string model, long inputTokens, long outputTokens, double audioSeconds, double costUsd)
    {
        var deployment = new KeyValuePair<string, object?>("deployment", model);
        if (inputTokens > 0)
            Tokens.Add(inputTokens, deployment, new("direction", "input"));
        if (outputTokens > 0)
            Tokens.Add(outputTokens, deployment, new("direction", "output"));
        if (audioSeconds > 0)
            Audio.Add(audioSeconds, deployment);
        Cost.Add(costUsd, deployment);
    }

    internal static void QueueDepth(string queue, long messages) => Waiting.Record(messages, new KeyValuePair<string, object?>("queue", queue));

    internal static void PoisonDepth(string queue, long messages) => Poison.Record(messages, new KeyValuePair<string, object?>("queue", queue));

    internal static void CanaryEnded(string outcome, TimeSpan elapsed) =>
        Canary.Record(elapsed.TotalMilliseconds, new KeyValuePair<string, object?>("outcome", outcome));

    internal static void OldestUnfinished(TimeSpan age) => Oldest.Record(age.TotalSeconds);
}
