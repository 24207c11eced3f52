using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Diagnostics;

/// <summary>Every line that the core logs, with its id. The names in braces become the dimensions that queries use.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Message {event_id} taken in: {outcome} ({phase}, {size_bytes} bytes, family {family_id}, request {request_id})")]
    public static partial void MessageTakenIn(
        this ILogger log, string event_id, string request_id, string phase, Guid? family_id, string outcome, int size_bytes);

    [LoggerMessage(1002, LogLevel.Warning, "Message {event_id} is stored but not yet queued for {phase}: {error_code}; the sweeper will send it (request {request_id})")]
    public static partial void EnqueueFailed(this ILogger log, string event_id, string request_id, string phase, string error_code);

    [LoggerMessage(1101, LogLevel.Information, "Phase {phase} of {event_id} {outcome} in {latency_ms} ms (family {family_id}, attempt {attempt}, request {request_id})")]
    public static partial void PhaseEnded(
        this ILogger log, string event_id, Guid request_id, string phase, Guid family_id, int attempt, string outcome, long latency_ms);

    [LoggerMessage(1102, LogLevel.Warning, "Phase {phase} of {event_id} failed after {latency_ms} ms: {error_code}, {error_message} (family {family_id}, attempt {attempt}, request {request_id})")]
    public static partial void PhaseFailed(
        this ILogger log, string event_id, Guid request_id, string phase, Guid family_id, int attempt, long latency_ms, string error_code, string error_message);

    [LoggerMessage(1103, LogLevel.Information, "Phase {phase} of {event_id} not worked on: {outcome}")]
    public static partial void PhaseSkipped(this ILogger log, string event_id, string phase, string outcome);

    [LoggerMessage(1104, LogLevel.Warning, "A message in queue {phase} can't be worked on and goes to poison: {error_code}")]
    public static partial void SentToPoison(this ILogger log, string phase, string error_code);

    [LoggerMessage(1105, LogLevel.Warning, "The lease of {event_id} in {phase} could not be renewed: {error_code}")]
    public static partial void LeaseNotRenewed(this ILogger log, string event_id, string phase, string error_code);

    [LoggerMessage(2101, LogLevel.Information, "The model {deployment} answered {event_id} in {phase}: {input_tokens} and {output_tokens} tokens, {audio_seconds} s of sound, {cost_usd} USD (family {family_id}, request {request_id})")]
    public static partial void ModelAnswered(
        this ILogger log, string event_id, Guid request_id, string phase, Guid family_id, string deployment, int input_tokens, int output_tokens,
        decimal audio_seconds, decimal cost_usd);

    [LoggerMessage(1201, LogLevel.Error, "Poison in {phase}: {event_id} is given up: {error_code}")]
    public static partial void JobFailed(this ILogger log, string? event_id, string phase, string error_code);

    [LoggerMessage(1301, LogLevel.Information, "Reply to {event_id} ({kind}): {outcome} {error_code}")]
    public static partial void ReplyEnded(this ILogger log, string event_id, string kind, string outcome, string? error_code);

    [LoggerMessage(1401, LogLevel.Warning, "Sweep: {event_id} waited too long for {phase} and was queued again")]
    public static partial void Swept(this ILogger log, string event_id, string phase);

    [LoggerMessage(1501, LogLevel.Warning, "Replay of {event_id} from {phase} as generation {generation} (request {request_id})")]
    public static partial void Replayed(this ILogger log, string event_id, string request_id, string phase, int generation);

    [LoggerMessage(1502, LogLevel.Warning, "Replay of {messages} messages: {replayed} replayed (dry run: {dry_run}, request {request_id})")]
    public static partial void ReplayedMany(this ILogger log, string request_id, int messages, int replayed, bool dry_run);

    [LoggerMessage(1503, LogLevel.Warning, "Message {event_id} was shown unmasked to an operator (request {request_id})")]
    public static partial void StoryRevealed(this ILogger log, string event_id, string request_id);

    [LoggerMessage(1504, LogLevel.Warning, "Dead letters were shown unmasked to an operator (request {request_id})")]
    public static partial void DeadLettersRevealed(this ILogger log, string request_id);

    [LoggerMessage(1601, LogLevel.Information, "Attachment {ordinal} of {event_id} ({phase}): {outcome} ({content_type}, {size_bytes} bytes, {seconds} s, in {latency_ms} ms, family {family_id})")]
    public static partial void AttachmentLookedAt(
        this ILogger log, string event_id, string phase, int ordinal, Guid family_id, string outcome, string? content_type, long? size_bytes, double? seconds, long latency_ms);

    [LoggerMessage(1602, LogLevel.Warning, "Attachment {ordinal} of {event_id} ({phase}) was not fetched: {host} is not a host of Twilio's, nor named in TWILIO_MEDIA_HOSTS")]
    public static partial void AttachmentForbidden(this ILogger log, string event_id, string phase, int ordinal, string? host);

    [LoggerMessage(1603, LogLevel.Warning, "Attachment {ordinal} of {event_id} ({phase}) could not be deleted at Twilio: {error_code}")]
    public static partial void AttachmentNotDeleted(this ILogger log, string event_id, string phase, int ordinal, string error_code);

    [LoggerMessage(1701, LogLevel.Warning, "Message {event_id} can't be stored: {error_code}; it waits in the queue inbound ({phase}, {size_bytes} bytes, request {request_id})")]
    public static partial void MessageSpilled(this ILogger log, string event_id, string request_id, string phase, string error_code, int size_bytes);

    [LoggerMessage(1702, LogLevel.Information, "Message {event_id} still waits in {phase}: {error_code}")]
    public static partial void SpilledWaits(this ILogger log, string event_id, string phase, string error_code);

    [LoggerMessage(1703, LogLevel.Information, "The unknown sender of {event_id} was told: {outcome} (request {request_id})")]
    public static partial void UnknownSenderTold(this ILogger log, string event_id, string request_id, string outcome);

    [LoggerMessage(1704, LogLevel.Warning, "A poison message of {phase} waits: {error_code}")]
    public static partial void PoisonWaits(this ILogger log, string phase, string error_code);

    [LoggerMessage(1705, LogLevel.Information, "Poison in {phase}: {event_id} belongs to nobody any more")]
    public static partial void PoisonForgotten(this ILogger log, string? event_id, string phase);

    [LoggerMessage(1706, LogLevel.Warning, "Phase {phase} of {event_id} can't store its outcome: {error_code}; it is done again (family {family_id})")]
    public static partial void OutcomeNotStored(this ILogger log, string event_id, string phase, Guid family_id, string error_code);

    [LoggerMessage(1707, LogLevel.Warning, "No sweep: {error_code}")]
    public static partial void NotSwept(this ILogger log, string error_code);

    [LoggerMessage(2102, LogLevel.Warning, "Depths and ages not measured: {error_code}")]
    public static partial void NotMeasured(this ILogger log, string error_code);

    [LoggerMessage(2104, LogLevel.Information, "The canary {event_id} is {outcome} after {latency_ms} ms ({phase})")]
    public static partial void CanaryReturned(this ILogger log, string event_id, string phase, string outcome, long latency_ms);

    [LoggerMessage(2105, LogLevel.Error, "The canary {event_id} is {outcome} after {latency_ms} ms ({phase}): {error_code}")]
    public static partial void CanaryLost(this ILogger log, string event_id, string phase, string outcome, string error_code, long latency_ms);

    [LoggerMessage(1711, LogLevel.Warning, "Message {event_id} never arrived by itself and was fetched: {outcome} (request {request_id})")]
    public static partial void Reconciled(this ILogger log, string event_id, string request_id, string outcome);

    [LoggerMessage(1712, LogLevel.Warning, "Message {event_id} never arrived by itself and can't be taken in: {error_code} (request {request_id})")]
    public static partial void NotReconciled(this ILogger log, string event_id, string request_id, string error_code);

    [LoggerMessage(1713, LogLevel.Warning, "Reconciling {phase} ended early: {error_code}; the next run does it again (request {request_id})")]
    public static partial void ReconcilingFailed(this ILogger log, string phase, string error_code, string request_id);

    [LoggerMessage(1714, LogLevel.Information, "The uncertain reply to {event_id} is settled: {outcome}")]
    public static partial void ReplySettled(this ILogger log, string event_id, string outcome);

    [LoggerMessage(1721, LogLevel.Information, "Retention: {count} of {phase} removed")]
    public static partial void Removed(this ILogger log, string phase, long count);

    [LoggerMessage(1722, LogLevel.Warning, "Retention of {phase} ended early: {error_code}; the next run goes on")]
    public static partial void NotRemoved(this ILogger log, string phase, string error_code);

    [LoggerMessage(1731, LogLevel.Warning, "Erasure {erasure_id}: a family is deleted (request {request_id})")]
    public static partial void FamilyErased(this ILogger log, Guid erasure_id, string request_id);

    [LoggerMessage(1732, LogLevel.Warning, "Erasure {erasure_id}: {phase} could not be deleted: {error_code}; a later run tries again")]
    public static partial void NotErased(this ILogger log, Guid erasure_id, string phase, string error_code);

    [LoggerMessage(1803, LogLevel.Warning, "No sign-in code: {outcome} (request {request_id})")]
    public static partial void CodeLimited(this ILogger log, string request_id, string outcome);

    [LoggerMessage(1804, LogLevel.Information, "Sign-in code {code_id}: {outcome} {error_code}")]
    public static partial void CodeSent(this ILogger log, Guid code_id, string outcome, string? error_code);

    [LoggerMessage(1805, LogLevel.Information, "Sign-in by {phase}: {outcome} (user {user_id}, family {family_id}, request {request_id})")]
    public static partial void SessionAsked(this ILogger log, string request_id, string phase, string outcome, Guid? user_id, Guid? family_id);

    [LoggerMessage(1806, LogLevel.Warning, "A token could not be judged, for its issuer was not reached: {error_code}")]
    public static partial void IssuerNotReached(this ILogger log, string error_code);

    [LoggerMessage(1807, LogLevel.Warning, "Notice {phase} {notice_id} was not sent: {error_code}")]
    public static partial void NoticeNotSent(this ILogger log, string phase, Guid? notice_id, string error_code);

    [LoggerMessage(1808, LogLevel.Warning, "No {phase} can be sent ({notice_id}), for no number of ours is known: nobody has written to one, and TWILIO_NUMBERS is empty")]
    public static partial void NoNumberOfOurs(this ILogger log, string phase, Guid notice_id);

    [LoggerMessage(1901, LogLevel.Warning, "No reminders: {error_code}; the next run goes on")]
    public static partial void NotReminded(this ILogger log, string error_code);

    [LoggerMessage(1902, LogLevel.Information, "Reminder {event_id} is not sent: {outcome} (family {family_id})")]
    public static partial void ReminderSkipped(this ILogger log, string event_id, Guid family_id, string outcome);
    [LoggerMessage(2011, LogLevel.Warning, "Limit {limit} is reached with {event_id}: {value} of {limit_value} (family {family_id}, request {request_id}); what comes more in this window is held back")]
    public static partial void RateReached(this ILogger log, string event_id, string request_id, Guid? family_id, string limit, int limit_value, int value);

    [LoggerMessage(2012, LogLevel.Information, "Phase {phase} of {event_id} is set aside for {seconds} s: {limit}")]
    public static partial void Deferred(this ILogger log, string event_id, string phase, string limit, double seconds);

    [LoggerMessage(2013, LogLevel.Warning, "{event_id} could not be asked for in {phase}: {error_code}; the sweeper asks again")]
    public static partial void NotResumed(this ILogger log, string event_id, string phase, string error_code);

    [LoggerMessage(2014, LogLevel.Error, "The breaker of {phase} is open for {seconds} s: {error_code} (limit {limit_value} failures in a row)")]
    public static partial void BreakerOpened(this ILogger log, string phase, double seconds, string? error_code, int limit_value);

    [LoggerMessage(2015, LogLevel.Warning, "The breaker of {phase} is closed again")]
    public static partial void BreakerClosed(this ILogger log, string phase);

    [LoggerMessage(2016, LogLevel.Error, "Budget {limit} is used up to {percent} %: {value} of {limit_value} dollars")]
    public static partial void BudgetUsed(this ILogger log, string limit, int percent, double value, string limit_value);

    [LoggerMessage(2017, LogLevel.Information, "Throttled {event_id} goes on in {phase}")]
    public static partial void Unthrottled(this ILogger log, string event_id, string phase);

    [LoggerMessage(2018, LogLevel.Warning, "A call for {event_id} that nobody knows the end of is charged the worst: {value} dollars")]
    public static partial void ReservationAbandoned(this ILogger log, string event_id, decimal value);

    [LoggerMessage(2019, LogLevel.Warning, "{event_id} has waited too long ({limit}) and is given up in {phase}")]
    public static partial void WaitedTooLong(this ILogger log, string event_id, string phase, string limit);

    [LoggerMessage(2020, LogLevel.Warning, "An operator changed {what} (family {family_id}, request {request_id})")]
    public static partial void LimitChanged(this ILogger log, string what, Guid? family_id, string request_id);
}
