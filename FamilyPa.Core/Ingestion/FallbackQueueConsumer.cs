using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Ingestion;

/// <summary>Empties the queue <c>inbound</c>: through the same door as every message, and so once.</summary>
public sealed class FallbackQueueConsumer(FallbackQueue fallbackQueue, DelayedIngestion ingestion, Database database, IOptions<PipelineSettings> settings, ILogger<FallbackQueueConsumer> log)
{
    /// <exception cref="PhaseFailedException">The try failed: the platform is to deliver the message again.</exception>
    public async Task IngestAsync(string body, long dequeueCount, CancellationToken cancellation)
    {
        var (fallback, message, refusal) = await fallbackQueue.ReadAsync(body, cancellation);
        using var span = Traces.Continue(FallbackQueue.Name, fallback?.MessageSid, fallback?.Traceparent)?.SetTag("request_id", fallback?.RequestId);
        if (fallback is null || message is null)
        {
            log.MessageMovedToPoison(FallbackQueue.Name, refusal!);
            await fallbackQueue.SendToPoisonAsync(body, cancellation);
            return;
        }

        try
        {
            await ingestion.IngestAsync(message, fallback.RequestId);
            await fallbackQueue.ForgetAsync(fallback, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            // Still away: not this message's fault, so it waits without losing one of its five tries.
            log.FallbackMessageDeferred(message.MessageSid, FallbackQueue.Name, ErrorCode.Of(e));
            await fallbackQueue.SendAsync(body, cancellation, settings.Value.DatabasePause);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = AttemptError.Of(e);
            // The last attempt sends it to poison itself, because only it knows the cause.
            if (dequeueCount < PhaseQueues.MostTries)
                throw new PhaseFailedException(message.MessageSid, FallbackQueue.Name, error);
            log.MessageMovedToPoison(FallbackQueue.Name, error.Code);
            await fallbackQueue.SendToPoisonAsync((FallbackMessage.TryParse(body)! with { Cause = error.Code }).ToJson(), cancellation);
        }
    }

    /// <summary>
    /// Keeps what can't be taken in, with its cause, for an operator: put back into the queue, it is tried anew. One that comes without a cause
    /// only had bad luck, as when the process died each time: nothing is known against it, and it is taken in here.
    /// </summary>
    public async Task GiveUpAsync(string queueMessageId, string body, long dequeueCount, CancellationToken cancellation)
    {
        if (dequeueCount > 1)
        {
            // A poison queue has no poison queue: after five process deaths here the platform would call no function any more.
            log.PoisonMessageDeferred(FallbackQueue.Name, "interrupted");
            await SendBackAsync(body, cancellation);
            return;
        }

        try
        {
            var (whole, message, refusal) = await fallbackQueue.ReadAsync(body, cancellation);
            var cause = refusal ?? FallbackMessage.TryParse(body)!.Cause ?? await IngestAtLastAsync(whole!, message!, cancellation);
            if (cause is null)
                return;
            // Only a verified id: a row with an id keeps the reconciler from that message.
            await using var batch = database.AsService().Add(
                """
                with kept as (
                  insert into poison_messages (queue, queue_message_id, body, message_sid, cause, from_address) values ($1, $2, $3, $4, $5, $6)
                  on conflict do nothing returning cause)
                insert into audit_log (actor, action, details)
                select 'app', 'refuse_forged', jsonb_build_object('queue', $1, 'queue_message_id', $2) from kept where cause = $7
                """,
                FallbackQueue.Name, queueMessageId, PgText.Clean(body), whole?.MessageSid, cause, message is null ? null : PgText.Clean(message.From), FallbackQueue.Forged);
            await batch.ExecuteAsync(cancellation);
            log.JobFailed(whole?.MessageSid, FallbackQueue.Name, cause);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            log.PoisonMessageDeferred(FallbackQueue.Name, ErrorCode.Of(e));
            await SendBackAsync(body, cancellation);
        }
    }

    /// <summary>As a new message, whose tries begin anew.</summary>
    private Task SendBackAsync(string body, CancellationToken cancellation) =>
        fallbackQueue.SendToPoisonAsync(body, cancellation, settings.Value.DatabasePause);

    /// <returns>Why it can't be taken in; null where it was.</returns>
    private async Task<string?> IngestAtLastAsync(FallbackMessage fallback, InboundMessage message, CancellationToken cancellation)
    {
        try
        {
            await ingestion.IngestAsync(message, fallback.RequestId);
            await fallbackQueue.ForgetAsync(fallback, cancellation);
            return null;
        }
        catch (Exception e) when (!DatabaseOutage.Is(e) && e is not OperationCanceledException)
        {
            return AttemptError.Of(e).Code;
        }
    }
}
