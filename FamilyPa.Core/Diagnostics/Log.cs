using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Diagnostics;

/// <summary>
/// The registry of Core's log events. The names in braces become query dimensions: <c>message_sid</c> is Twilio's id of the message,
/// <c>request_id</c> the HTTP request, <c>attempt_id</c> one attempt of a phase. <c>phase</c> is one of the pipeline's four phases, <c>operation</c> any other work.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Message {message_sid} ingested: {outcome} ({operation}, {size_bytes} bytes, family {family_id}, request {request_id})")]
    public static partial void MessageIngested(
        this ILogger log, string message_sid, string request_id, string operation, Guid? family_id, string outcome, int size_bytes);

    [LoggerMessage(1002, LogLevel.Warning, "Message {message_sid} stored but not queued for {phase}: {error_code}; the sweeper queues it (request {request_id})")]
    public static partial void MessageNotQueued(this ILogger log, string message_sid, string request_id, string phase, string error_code);

    [LoggerMessage(1101, LogLevel.Information, "Phase {phase} of {message_sid} ended: {outcome} after {latency_ms} ms (family {family_id}, attempt {attempt_number}, {attempt_id})")]
    public static partial void PhaseEnded(
        this ILogger log, string message_sid, Guid attempt_id, string phase, Guid family_id, int attempt_number, string outcome, long latency_ms);

    [LoggerMessage(1102, LogLevel.Warning, "Phase {phase} of {message_sid} failed after {latency_ms} ms: {error_code}, {error_message} (family {family_id}, attempt {attempt_number}, {attempt_id})")]
    public static partial void PhaseFailed(
        this ILogger log, string message_sid, Guid attempt_id, string phase, Guid family_id, int attempt_number, long latency_ms, string error_code, string error_message);

    [LoggerMessage(1103, LogLevel.Information, "Phase {phase} of {message_sid} skipped: {outcome}")]
    public static partial void PhaseSkipped(this ILogger log, string message_sid, string phase, string outcome);

    [LoggerMessage(1104, LogLevel.Warning, "Message of queue {queue} moved to poison: {error_code}")]
    public static partial void MessageMovedToPoison(this ILogger log, string queue, string error_code);

    [LoggerMessage(1105, LogLevel.Warning, "Lease of {message_sid} in {phase} not renewed: {error_code}")]
    public static partial void LeaseNotRenewed(this ILogger log, string message_sid, string phase, string error_code);

    [LoggerMessage(2101, LogLevel.Information, "Model {deployment} answered {message_sid} in {phase}: {input_tokens} and {output_tokens} tokens, {audio_seconds} s of audio, {cost_usd} USD (family {family_id}, attempt {attempt_id})")]
    public static partial void ModelAnswered(
        this ILogger log, string message_sid, Guid attempt_id, string phase, Guid family_id, string deployment, int input_tokens, int output_tokens,
        decimal audio_seconds, decimal cost_usd);

    [LoggerMessage(2106, LogLevel.Error, "Deployment {deployment} does not exist or its model is retired: {error_code}")]
    public static partial void ModelGone(this ILogger log, string deployment, string error_code);

    [LoggerMessage(2107, LogLevel.Error, "Deployment {deployment} rejected the parameter {parameter}: {error_code}")]
    public static partial void ModelRequestRefused(this ILogger log, string deployment, string? parameter, string error_code);

    [LoggerMessage(2108, LogLevel.Warning, "Message {message_sid} rejected as {reason}: {error_code}")]
    public static partial void ModelAnswerUnusable(this ILogger log, string message_sid, Guid attempt_id, string reason, string error_code);

    [LoggerMessage(2109, LogLevel.Warning, "Reply to {message_sid} not translated: {error_code} (attempt {attempt_id})")]
    public static partial void ReplyNotTranslated(this ILogger log, string message_sid, Guid attempt_id, string error_code);

    [LoggerMessage(1201, LogLevel.Error, "Message {message_sid} failed permanently in queue {queue}: {error_code}")]
    public static partial void JobFailed(this ILogger log, string? message_sid, string queue, string error_code);

    [LoggerMessage(1301, LogLevel.Information, "Reply to {message_sid} ({kind}): {outcome} {error_code}")]
    public static partial void ReplyEnded(this ILogger log, string message_sid, string kind, string outcome, string? error_code);

    [LoggerMessage(1401, LogLevel.Warning, "Message {message_sid} was overdue in {phase} and queued again")]
    public static partial void Swept(this ILogger log, string message_sid, string phase);

    [LoggerMessage(1501, LogLevel.Warning, "Message {message_sid} replayed from {phase} as generation {generation} (request {request_id})")]
    public static partial void Replayed(this ILogger log, string message_sid, string request_id, string phase, int generation);

    [LoggerMessage(1502, LogLevel.Warning, "Replay of {messages} messages: {replayed} replayed (dry run: {dry_run}, request {request_id})")]
    public static partial void ReplayedMany(this ILogger log, string request_id, int messages, int replayed, bool dry_run);

    [LoggerMessage(1503, LogLevel.Warning, "Timeline of {message_sid} shown unmasked to an operator (request {request_id})")]
    public static partial void TimelineRevealed(this ILogger log, string message_sid, string request_id);

    [LoggerMessage(1504, LogLevel.Warning, "Dead letters shown unmasked to an operator (request {request_id})")]
    public static partial void DeadLettersRevealed(this ILogger log, string request_id);

    [LoggerMessage(1601, LogLevel.Information, "Attachment {ordinal} of {message_sid} checked in {phase}: {outcome} ({content_type}, {size_bytes} bytes, {seconds} s, in {latency_ms} ms, family {family_id})")]
    public static partial void AttachmentChecked(
        this ILogger log, string message_sid, string phase, int ordinal, Guid family_id, string outcome, string? content_type, long? size_bytes, double? seconds, long latency_ms);

    [LoggerMessage(1602, LogLevel.Warning, "Attachment {ordinal} of {message_sid} ({phase}) not fetched: {host} is neither Twilio's host nor in TWILIO_MEDIA_HOSTS")]
    public static partial void AttachmentForbidden(this ILogger log, string message_sid, string phase, int ordinal, string? host);

    [LoggerMessage(1603, LogLevel.Warning, "Attachment {ordinal} of {message_sid} ({phase}) not deleted at Twilio: {error_code}")]
    public static partial void AttachmentNotDeleted(this ILogger log, string message_sid, string phase, int ordinal, string error_code);

    [LoggerMessage(1701, LogLevel.Warning, "Message {message_sid} not stored: {error_code}; sent to the fallback queue ({operation}, {size_bytes} bytes, request {request_id})")]
    public static partial void MessageSentToFallbackQueue(this ILogger log, string message_sid, string request_id, string operation, string error_code, int size_bytes);

    [LoggerMessage(1702, LogLevel.Information, "Message {message_sid} deferred in queue {queue}: {error_code}")]
    public static partial void FallbackMessageDeferred(this ILogger log, string message_sid, string queue, string error_code);

    [LoggerMessage(1704, LogLevel.Warning, "Poison message of queue {queue} deferred: {error_code}")]
    public static partial void PoisonMessageDeferred(this ILogger log, string queue, string error_code);

    [LoggerMessage(1705, LogLevel.Information, "Poison message {message_sid} of queue {queue} dropped: its family is erased")]
    public static partial void PoisonMessageDropped(this ILogger log, string? message_sid, string queue);

    [LoggerMessage(1706, LogLevel.Warning, "Outcome of {phase} of {message_sid} not stored: {error_code}; the phase runs again (family {family_id})")]
    public static partial void OutcomeNotStored(this ILogger log, string message_sid, string phase, Guid family_id, string error_code);

    [LoggerMessage(1707, LogLevel.Warning, "Sweep failed: {error_code}")]
    public static partial void SweepFailed(this ILogger log, string error_code);

    [LoggerMessage(2102, LogLevel.Warning, "Queue depths and ages not measured: {error_code}")]
    public static partial void MeasurementFailed(this ILogger log, string error_code);

    [LoggerMessage(2104, LogLevel.Information, "Canary {message_sid} ended: {outcome} after {latency_ms} ms ({operation})")]
    public static partial void CanarySucceeded(this ILogger log, string message_sid, string operation, string outcome, long latency_ms);

    [LoggerMessage(2105, LogLevel.Error, "Canary {message_sid} failed: {outcome} after {latency_ms} ms ({operation}): {error_code}")]
    public static partial void CanaryFailed(this ILogger log, string message_sid, string operation, string outcome, string error_code, long latency_ms);

    [LoggerMessage(1711, LogLevel.Warning, "Message {message_sid} had no webhook and was fetched from Twilio: {outcome} (request {request_id})")]
    public static partial void Reconciled(this ILogger log, string message_sid, string request_id, string outcome);

    [LoggerMessage(1712, LogLevel.Warning, "Message {message_sid} had no webhook and was not stored: {error_code} (request {request_id})")]
    public static partial void NotReconciled(this ILogger log, string message_sid, string request_id, string error_code);

    [LoggerMessage(1713, LogLevel.Warning, "Reconciliation ({operation}) failed: {error_code}; the next run repeats it (request {request_id})")]
    public static partial void ReconciliationFailed(this ILogger log, string operation, string error_code, string request_id);

    [LoggerMessage(1714, LogLevel.Information, "Uncertain reply to {message_sid} settled: {outcome}")]
    public static partial void UncertainReplySettled(this ILogger log, string message_sid, string outcome);

    [LoggerMessage(1721, LogLevel.Information, "Retention ({operation}) removed {count}")]
    public static partial void Removed(this ILogger log, string operation, long count);

    [LoggerMessage(1722, LogLevel.Warning, "Retention ({operation}) failed: {error_code}; the next run continues")]
    public static partial void RetentionFailed(this ILogger log, string operation, string error_code);

    [LoggerMessage(1731, LogLevel.Warning, "Erasure {erasure_id}: family deleted (request {request_id})")]
    public static partial void FamilyErased(this ILogger log, Guid erasure_id, string request_id);

    [LoggerMessage(1732, LogLevel.Warning, "Erasure {erasure_id}: {operation} failed: {error_code}; a later run repeats it")]
    public static partial void ErasureFailed(this ILogger log, Guid? erasure_id, string operation, string error_code);

    [LoggerMessage(1803, LogLevel.Warning, "Sign-in code not created: {outcome} (request {request_id})")]
    public static partial void CodeLimited(this ILogger log, string request_id, string outcome);

    [LoggerMessage(1804, LogLevel.Information, "Sign-in code {code_id} not sent: {outcome}")]
    public static partial void CodeNotSent(this ILogger log, Guid code_id, string outcome);

    [LoggerMessage(1805, LogLevel.Information, "Sign-in by {operation}: {outcome} (user {user_id}, family {family_id}, request {request_id})")]
    public static partial void SignInAttempted(this ILogger log, string request_id, string operation, string outcome, Guid? user_id, Guid? family_id);

    [LoggerMessage(1806, LogLevel.Warning, "Token not verified, because its issuer did not answer: {error_code}")]
    public static partial void IssuerUnreachable(this ILogger log, string error_code);

    [LoggerMessage(1807, LogLevel.Warning, "Notification {kind} {notification_id} not sent: {error_code}")]
    public static partial void NotificationNotSent(this ILogger log, string kind, Guid? notification_id, string error_code);

    [LoggerMessage(1808, LogLevel.Warning, "Notification {kind} ({message_sid}) not sent: no own number is known; TWILIO_NUMBERS is empty and no message has arrived yet")]
    public static partial void OwnNumberUnknown(this ILogger log, string message_sid, string kind);

    [LoggerMessage(1901, LogLevel.Warning, "Reminders not sent: {error_code}; the next run continues")]
    public static partial void RemindersNotSent(this ILogger log, string error_code);

    [LoggerMessage(2011, LogLevel.Warning, "Limit {limit} reached with {message_sid}: {value} of {limit_value} (family {family_id}, request {request_id}); later messages of this window are throttled")]
    public static partial void RateLimitReached(this ILogger log, string message_sid, string request_id, Guid? family_id, string limit, int limit_value, int value);

    [LoggerMessage(2012, LogLevel.Information, "Phase {phase} of {message_sid} deferred for {seconds} s: {limit}")]
    public static partial void Deferred(this ILogger log, string message_sid, string phase, string limit, double seconds);

    [LoggerMessage(2013, LogLevel.Warning, "Deferred job {message_sid} not queued for {phase}: {error_code}; the sweeper queues it")]
    public static partial void DeferredJobNotQueued(this ILogger log, string message_sid, string phase, string error_code);

    [LoggerMessage(2014, LogLevel.Error, "Circuit breaker of {phase} opened for {seconds} s: {error_code} ({limit_value} consecutive failures)")]
    public static partial void BreakerOpened(this ILogger log, string phase, double seconds, string? error_code, int limit_value);

    [LoggerMessage(2015, LogLevel.Warning, "Circuit breaker of {phase} closed")]
    public static partial void BreakerClosed(this ILogger log, string phase);

    [LoggerMessage(2016, LogLevel.Error, "Budget {limit} used to {percent} %: {value} of {limit_value} USD")]
    public static partial void BudgetUsed(this ILogger log, string limit, int percent, double value, string limit_value);

    [LoggerMessage(2017, LogLevel.Information, "Throttled job {message_sid} resumed in {phase}")]
    public static partial void ThrottledJobResumed(this ILogger log, string message_sid, string phase);

    [LoggerMessage(2018, LogLevel.Warning, "Reservation for {message_sid} had no known result: charged its maximum of {value} USD")]
    public static partial void ReservationAbandoned(this ILogger log, string message_sid, decimal value);

    [LoggerMessage(2019, LogLevel.Warning, "Deferral of {message_sid} expired in {phase} ({limit}): the job failed")]
    public static partial void DeferralExpired(this ILogger log, string message_sid, string phase, string limit);

    [LoggerMessage(2020, LogLevel.Warning, "Limit {limit} changed by an operator (family {family_id}, request {request_id})")]
    public static partial void LimitChanged(this ILogger log, string limit, Guid? family_id, string request_id);
}
