using System.Diagnostics;
using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Pipeline;

/// <summary>Calls the functions of the migrations that change a job. Every method is one round trip; every write of a phase is fenced by its lease.</summary>
public sealed class JobStore(Database database, JobLimits limits, IOptions<PipelineSettings> settings)
{
    public async Task<ClaimResult> ClaimAsync(JobMessage message, Phase phase, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select c.outcome, c.current_phase, coalesce(c.generation, 0) as generation, coalesce(c.wait_seconds, 0) as wait_seconds, c.reason,
                   c.job_id, c.lease_token, c.attempt_id, c.attempt_number, c.is_probe,
                   reason_of(j) as status_reason, j.extraction::text as extraction, e.traceparent,
                   m.classification, m.body, m.num_media, m.from_address, m.to_address, m.created_at, m.user_id,
                   f.id as family_id, f.timezone, f.locale,
                   (select coalesce(json_agg(json_build_object('UserId', p.user_id, 'Name', p.display_name, 'OptedOut', p.opted_out_at is not null, 'Nicknames', p.nicknames) order by p.created_at), '[]')
                    from family_members p where p.family_id = f.id)::text as members,
                   case when m.message_sid is not null then phase_input(m, $2, $5)::text end as phase_input
            from claim_job($1, $2, $3::int, read_limits($4)) c
            left join processing_jobs j on j.id = c.job_id and c.outcome = 'claimed'
            left join webhook_events e on e.id = j.webhook_event_id
            left join inbound_messages m on m.message_sid = j.message_sid
            left join families f on f.id = j.family_id
            """,
            message.MessageSid, phase.Name(), message.Generation, limits.Json, settings.Value.AnswerWithin);
        return (await batch.SingleAsync(row => ReadClaim(row, message.MessageSid, phase), cancellation))!;
    }

    /// <returns>Whether the job is still this worker's.</returns>
    public async Task<bool> RenewAsync(LeasedJob claim, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select renew_lease($1, $2, $3) as renewed", claim.JobId, claim.LeaseToken, settings.Value.Lease);
        return await batch.SingleAsync(row => row.Get<bool>("renewed"), cancellation);
    }

    /// <summary>Commits the result of a phase.</summary>
    /// <returns>Actions to perform after the commit.</returns>
    public async Task<IReadOnlyList<PostCommitAction>> CommitAsync(LeasedJob claim, PhaseResult result, CancellationToken cancellation) => result switch
    {
        PhaseResult.Next next => await AdvanceAsync(claim, next, cancellation),
        PhaseResult.Done done => await FinishAsync(claim, done),
        PhaseResult.Deferred deferred => deferred.Actions,
        _ => throw new UnreachableException(),
    };

    /// <summary>Moves the job to its next phase, in the batch that stores the output of this one.</summary>
    private async Task<List<PostCommitAction>> AdvanceAsync(LeasedJob claim, PhaseResult.Next result, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim);
        result.Output?.Invoke(batch);
        return await batch
            .Add(
                "select * from complete_phase($1, $2, $3, $4::jsonb, $5, read_limits($6))",
                claim.AttemptId, result.Phase.Name(), result.Reason, result.Extraction, result.IsAnswered, limits.Json)
            .ListDurablyAsync(PostCommitAction.Read, cancellation);
    }

    /// <summary>Ends the job in a terminal status, with the result of its reply.</summary>
    /// <remarks>Not cancellable: the reply is out, and forgetting that would leave it uncertain.</remarks>
    private async Task<List<PostCommitAction>> FinishAsync(LeasedJob claim, PhaseResult.Done result)
    {
        await using var batch = database.Fenced(claim);
        try
        {
            return await ReplyOutbox.AddResult(batch, claim.MessageSid, ReplyKind.Reply, result.Reply)
                .Add(
                    "select * from finish_job($1, $2, $3, $4, read_limits($5))",
                    claim.AttemptId, result.Status, result.IsAnswered, (result.Reply as SendResult.Uncertain)?.Code, limits.Json)
                .ListDurablyAsync(PostCommitAction.Read, CancellationToken.None);
        }
        catch (PostgresException e) when (Lease.IsLost(e))
        {
            // The family may have been erased while the reply was being sent.
            await using var orphan = ReplyOutbox.AddOrphan(database.AsService(), claim.MessageSid, ReplyKind.Reply, result.Reply);
            await orphan.ExecuteDurablyAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// Records why an attempt failed and ends the lease; the platform delivers its message again after <c>visibilityTimeout</c>. While the
    /// service that failed it is down the job is deferred instead, which costs no try.
    /// </summary>
    public async Task<IReadOnlyList<PostCommitAction>> FailAttemptAsync(LeasedJob claim, AttemptError error, CancellationToken cancellation)
    {
        var failure = JsonSerializer.Serialize(new
        {
            code = error.Code,
            message = PgText.Clean(error.Message),
            stack = PgText.Clean(error.Stack),
            is_fault = error.Failure.IsFault,
            answered = error.Failure.Answered,
            is_uncharged = error.Failure.IsUncharged,
            wait_seconds = error.Failure.Wait?.TotalSeconds,
            is_final = error.Failure.IsFinal,
        });
        await using var batch = database.Fenced(claim);
        BudgetReservations.AddUsage(batch, claim, error.Usage).Add(
            "select * from fail_attempt($1, jsonb_populate_record(null::attempt_failure, $2::jsonb), read_limits($3))",
            claim.AttemptId, failure, error.Failure.IsGone ? limits.JsonOfGoneService : limits.Json);
        return await batch.ListAsync(PostCommitAction.Read, cancellation);
    }

    /// <summary>Ends the lease of a job whose work the platform interrupted, which costs no try.</summary>
    public async Task HandBackAsync(LeasedJob claim, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim).Add("select hand_back($1)", claim.AttemptId);
        await batch.ExecuteAsync(cancellation);
    }

    private static ClaimResult ReadClaim(NpgsqlDataReader row, string messageSid, Phase phase)
    {
        var outcome = row.Get<string>("outcome");
        var current = row.Get<string?>("current_phase") is { } name ? Phases.Parse(name) : (Phase?)null;
        return new ClaimResult(
            outcome, outcome == "claimed" ? ReadJob(row, messageSid, phase) : null, current, row.Get<int>("generation"),
            TimeSpan.FromSeconds(row.Get<double>("wait_seconds")), row.Get<string?>("reason"));
    }

    private static LeasedJob ReadJob(NpgsqlDataReader row, string messageSid, Phase phase)
    {
        var members = JsonSerializer.Deserialize<List<Member>>(row.Get<string>("members"))!;
        var senderId = row.Get<Guid>("user_id");
        return new LeasedJob(
            row.Get<Guid>("job_id"), row.Get<Guid>("lease_token"), row.Get<Guid>("attempt_id"), row.Get<int>("attempt_number"), phase, messageSid,
            row.Get<string>("classification"), row.Get<string?>("status_reason"), row.Get<string?>("traceparent"), row.Get<string?>("extraction"),
            row.Get<string>("body"), row.Get<int>("num_media"), row.Get<string>("from_address"), row.Get<string>("to_address"),
            row.Get<DateTimeOffset>("created_at"),
            members.Find(member => member.UserId == senderId) ?? new Member(senderId, "", OptedOut: true),
            new Family(row.Get<Guid>("family_id"), TimeZones.Get(row.Get<string>("timezone")), row.Get<string>("locale"), members),
            JsonSerializer.Deserialize<PhaseInput>(row.Get<string>("phase_input"))!)
        {
            IsProbe = row.Get<bool>("is_probe"),
        };
    }
}
