using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Handles a queue message that failed five times: stores its cause, fails its job, and tells its sender once.</summary>
/// <remarks>Idempotent: the platform may deliver a poison message twice.</remarks>
public sealed class PoisonHandler(
    Database database, ReplyOutbox replies, PhaseQueues queues, IOptions<PipelineSettings> settings, ILogger<PoisonHandler> log)
{
    /// <exception cref="ReplyNotSentException">The sender could not be told yet: the platform is to deliver the message again.</exception>
    public async Task HandleAsync(Phase phase, string queueMessageId, string body, long dequeueCount, CancellationToken cancellation)
    {
        try
        {
            await GiveUpAsync(phase, queueMessageId, body, dequeueCount, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            // Here it would be tried five times and then never again; as a new message it waits for as long as it takes.
            log.PoisonMessageDeferred(phase.Name(), ErrorCode.Of(e));
            await queues.SendToPoisonAsync(phase, body, cancellation, settings.Value.DatabasePause);
        }
    }

    private async Task GiveUpAsync(Phase phase, string queueMessageId, string body, long dequeueCount, CancellationToken cancellation)
    {
        var message = JobMessage.TryParse(body);
        using var span = Traces.Continue("poison", message?.MessageSid, message?.Traceparent);
        var failure = await FailAsync(phase, queueMessageId, body, message, cancellation);
        if (failure is null)
        {
            log.PoisonMessageDropped(message?.MessageSid, phase.Name());
            return;
        }

        span?.SetTag("family_id", failure.Job?.FamilyId).End("given_up", failure.Cause);
        log.JobFailed(message?.MessageSid, phase.Name(), failure.Cause);
        if (failure is not { Job: { } job })
            return;

        Meters.MessageEnded("failed", failure.Cause, job.ReceivedAt);

        var result = await replies.SendAsync(
            new OutgoingMessage(ReplyKind.Failure, job.FamilyId, message!.MessageSid, job.FromAddress, job.ToAddress, ReplyText.Failed(job.Locale, job.FromAddress)), cancellation);
        // After its last try the platform calls a poison queue's function no more, so that one must not ask for another.
        if (result is SendResult.NotSent notSent && dequeueCount < PhaseQueues.MostTries)
            throw new ReplyNotSentException(notSent);
    }

    /// <summary>Keeps the message with its cause and fails its job, unless that job has moved on since.</summary>
    private async Task<Failure?> FailAsync(
        Phase phase, string queueMessageId, string body, JobMessage? message, CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Guard("select fail_job($1, $2, $3)", message?.MessageSid, phase.Name(), message?.Generation)
            .Add(
                """
                insert into poison_messages (queue, queue_message_id, body, message_sid, cause)
                select $1, $2, $3, $4, case when $4::text is null then 'unreadable'
                  else coalesce((select coalesce(error_code, 'retries_exhausted') from processing_jobs where message_sid = $4), 'unknown_message') end
                where not exists (select from erasure_items where reference = $4)
                on conflict do nothing
                """,
                phase.Name(), queueMessageId, PgText.Clean(body), message?.MessageSid)
            .Add(
                """
                select p.cause, j.family_id, m.from_address, m.to_address, f.locale, j.received_at
                from poison_messages p
                left join processing_jobs j on j.message_sid = p.message_sid and j.status = 'failed'
                left join inbound_messages m on m.message_sid = j.message_sid
                left join families f on f.id = j.family_id
                where p.queue = $1 and p.queue_message_id = $2
                """,
                phase.Name(), queueMessageId);
        return await batch.SingleAsync(
            row => new Failure(
                row.Get<string>("cause"),
                row.Get<Guid?>("family_id") is not { } family ? null : new FailedJob(
                    family, row.Get<string>("from_address"), row.Get<string>("to_address"), row.Get<string>("locale"), row.Get<DateTimeOffset>("received_at"))),
            cancellation);
    }

    private sealed record Failure(string Cause, FailedJob? Job);

    private sealed record FailedJob(Guid FamilyId, string FromAddress, string ToAddress, string Locale, DateTimeOffset ReceivedAt);
}
