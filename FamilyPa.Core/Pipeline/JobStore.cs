using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Pipeline;

/// <summary>The jobs' table. Every method is one round trip; every write of a phase is fenced by its lease.</summary>
public sealed class JobStore(Database database, IOptions<PipelineSettings> settings, IOptions<LimitSettings> limits)
{
    private readonly TimeSpan lease = settings.Value.Lease;

    public async Task<ClaimResult> ClaimAsync(JobMessage message, Phase phase, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select c.outcome, c.current_phase, coalesce(c.generation, 0), coalesce(c.wait_seconds, 0),
                   c.job_id, c.lease_token, c.attempt_id, c.attempt_number,
                   -- This statement sees the job as it was before the claim: still with the reason it waited for.
                   meant_reason(j), j.extraction::text, m.body, m.num_media, m.from_address, m.to_address, m.created_at, m.user_id,
                   f.id, f.timezone, f.locale,
                   (select coalesce(json_agg(json_build_object('UserId', p.user_id, 'Name', p.display_name, 'OptedOut', p.opted_out_at is not null) order by p.created_at), '[]')
                    from family_members p where p.family_id = f.id)::text,
                   case when m.message_sid is not null then phase_input(m, $6)::text end, c.reason, c.is_probe,
                   (select e.traceparent from webhook_events e where e.id = j.webhook_event_id)
            from claim_in_turn($1, $2, $3::int, $4, $5, $7, $8, $9) c
            left join processing_jobs j on j.id = c.job_id and c.outcome = 'claimed'
            left join inbound_messages m on m.message_sid = j.message_sid
            left join families f on f.id = j.family_id
            """,
            message.MessageSid, phase.Name(), message.Generation, lease, settings.Value.MaxAttempts, settings.Value.AnswerWithin,
            limits.Value.MaxConcurrentJobs, limits.Value.SenderFailures, limits.Value.SenderPause);
        return (await batch.SingleAsync(row => ReadClaim(row, message.MessageSid, phase), cancellation))!;
    }

    /// <returns>Whether the job is still this worker's.</returns>
    public async Task<bool> RenewAsync(LeasedJob claim, CancellationToken cancellation)
    {
        // The job before what it holds, as all lock them who lock both: the other way round, a renewal and the end of a phase wait for each other.
        await using var batch = database.AsService()
            .Add(
                "update processing_jobs set leased_until = clock_timestamp() + $3 where id = $1 and lease_token = $2 returning true",
                claim.JobId, claim.LeaseToken, lease)
            .Add("update job_slots set leased_until = clock_timestamp() + $2 where lease_token = $1", claim.LeaseToken, lease)
            .Add("update breakers set probe_until = clock_timestamp() + $2 where probe_token = $1 and state = 'half_open'", claim.LeaseToken, lease);
        return await batch.SingleAsync(row => row.GetBoolean(0), cancellation);
    }

    /// <summary>Hands the job to the next phase.</summary>
    /// <param name="reason">Why the rest of the pipeline is skipped, where the next phase is only to say so.</param>
    public async Task AdvanceAsync(LeasedJob claim, Phase next, CancellationToken cancellation, string? reason = null)
    {
        await using var batch = database.Fenced(claim);
        await EndAsync(AddAdvance(batch, claim, next, reason), claim, cancellation);
    }

    /// <summary>Runs a batch that ends a phase, and what it makes room for goes to the claim's steps.</summary>
    public async Task EndAsync(DatabaseBatch batch, LeasedJob claim, CancellationToken cancellation)
    {
        batch.Add(
            "select * from phase_ended($1, $2, $3, $4, $5, $6)",
            claim.Phase.Name(), claim.LeaseToken, claim.IsAnswered, limits.Value.MaxConcurrentJobs, DeferredJobDispatcher.Hold, DeferredJobDispatcher.MostAtOnce);
        claim.Steps.AddRange(await batch.ListDurablyAsync(PostCommitAction.Read, cancellation));
    }

    /// <summary>Adds the end of a phase to the batch that stores its output.</summary>
    /// <inheritdoc cref="AdvanceAsync"/>
    public static DatabaseBatch AddAdvance(DatabaseBatch batch, LeasedJob claim, Phase next, string? reason = null) => EndAttempt(
        batch.Add(
            """
            update processing_jobs
            set status = $2, current_phase = $3, status_reason = coalesce($4, status_reason),
                error_code = null, error_message = null, error_stack = null,
                lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
            where id = $1
            """,
            claim.JobId, next.Status(), next.Name(), reason),
        claim, "succeeded");

    /// <summary>Adds what a model call cost to the ledger.</summary>
    public static DatabaseBatch AddUsage(DatabaseBatch batch, LeasedJob claim, ModelUsage? usage) => usage is null
        ? batch
        : batch.Add(
            """
            insert into ai_usage (family_id, message_sid, attempt_id, phase, deployment, input_tokens, output_tokens, audio_seconds, cost_usd)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            claim.Family.Id, claim.MessageSid, claim.AttemptId, claim.Phase.Name(), usage.Deployment, usage.InputTokens, usage.OutputTokens,
            usage.AudioSeconds, usage.CostUsd);

    /// <summary>Ends the job in a terminal status, with the result of its reply.</summary>
    public async Task FinishAsync(LeasedJob claim, string status, SendResult? reply, CancellationToken cancellation)
    {
        await using var batch = Begin(claim, reply).Add(
            """
            update processing_jobs
            set status = $2, error_code = null, error_message = null, error_stack = null,
                lease_token = null, leased_until = null, completed_at = now()
            where id = $1
            """,
            claim.JobId, status);
        ReplyOutbox.AddResult(batch, claim.MessageSid, ReplyKind.Reply, reply);
        claim.IsAnswered = reply is SendResult.Sent or SendResult.Refused;
        await EndAsync(EndAttempt(batch, claim, "succeeded"), claim, cancellation);
    }

    /// <summary>Counts what Twilio may have or not as a failure of Twilio's: while it answers nobody, nothing more is to be lost on it.</summary>
    private DatabaseBatch Begin(LeasedJob claim, SendResult? reply) => reply is SendResult.Uncertain uncertain
        ? database.Fenced(claim).Guard(
            "select breaker_failed($1, $2, $3, $4, $5, $6, $7)", claim.Phase.Name(), claim.MessageSid, claim.LeaseToken, uncertain.Code,
            limits.Value.BreakerFailures, limits.Value.BreakerOpen, limits.Value.BreakerOpenMost)
        : database.Fenced(claim);

    /// <summary>
    /// Records why an attempt failed and lets go of the job; the platform delivers its message again after <c>visibilityTimeout</c>. While the
    /// service that failed it is down the job is set aside instead, which costs no try.
    /// </summary>
    public async Task<IReadOnlyList<PostCommitAction>> FailAttemptAsync(LeasedJob claim, AttemptError error, CancellationToken cancellation)
    {
        var (settings, failure) = (limits.Value, error.Failure);
        await using var batch = database.Fenced(claim);
        AddUsage(batch, claim, error.Usage).Add(
            "select * from fail_attempt($1, $2, $3, $4, $5, $6, $7::interval, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            claim.JobId, claim.AttemptId, claim.LeaseToken, failure.IsFault, failure.Answered, failure.IsUncharged, failure.Wait,
            error.Code, PgText.Clean(error.Message), PgText.Clean(error.Stack),
            settings.BreakerFailures, settings.BreakerOpen, settings.BreakerOpenMost, settings.MaxConcurrentJobs, DeferredJobDispatcher.Hold, DeferredJobDispatcher.MostAtOnce);
        return await batch.ListAsync(PostCommitAction.Read, cancellation);
    }

    /// <summary>Lets go of a job whose work the platform interrupted; no fault of the message's, so it costs no try.</summary>
    public async Task HandBackAsync(LeasedJob claim, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim).Add(
            "update processing_jobs set lease_token = null, leased_until = null, queued_at = now() where id = $1", claim.JobId);
        await EndAttempt(batch, claim, "handed_back").ExecuteAsync(cancellation);
    }

    private static DatabaseBatch EndAttempt(DatabaseBatch batch, LeasedJob claim, string outcome) => batch.Add(
        "update job_attempts set outcome = $2, latency_ms = extract(epoch from clock_timestamp() - created_at) * 1000 where id = $1",
        claim.AttemptId, outcome);

    private static ClaimResult ReadClaim(NpgsqlDataReader row, string messageSid, Phase phase)
    {
        var outcome = row.GetString(0);
        var current = row.IsDBNull(1) ? (Phase?)null : Phases.Parse(row.GetString(1));
        var wait = TimeSpan.FromSeconds(row.GetDouble(3));
        if (outcome != "claimed")
            return new ClaimResult(outcome, null, current, row.GetInt32(2), wait, row.IsDBNull(21) ? null : row.GetString(21));

        var members = JsonSerializer.Deserialize<List<Member>>(row.GetString(19))!;
        var senderId = row.GetGuid(15);
        var sender = members.Find(member => member.UserId == senderId) ?? new Member(senderId, "", OptedOut: true);
        var family = new Family(row.GetGuid(16), TimeZones.Get(row.GetString(17)), row.GetString(18), members);
        var claim = new LeasedJob(
            row.GetGuid(4), row.GetGuid(5), row.GetGuid(6), row.GetInt32(7), phase, messageSid,
            row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(23) ? null : row.GetString(23), row.IsDBNull(9) ? null : row.GetString(9),
            row.GetString(10), row.GetInt32(11), row.GetString(12), row.GetString(13), row.GetFieldValue<DateTimeOffset>(14), sender, family,
            JsonSerializer.Deserialize<PhaseInput>(row.GetString(20))!)
        {
            IsProbe = row.GetBoolean(22),
        };
        return new ClaimResult(outcome, claim, current, row.GetInt32(2), wait);
    }
}
