using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Core.Operations;

/// <summary>The messages to replay, and the phase to start from.</summary>
/// <param name="MessageSids">Without duplicates.</param>
/// <param name="Filter">The filter that selected the messages; null when the request named them.</param>
/// <param name="FromPhase">The pipeline repeats this phase and the later ones. When null, each job continues at the phase that failed.</param>
/// <param name="DryRun">Report the outcomes without changes.</param>
public sealed record ReplayRequest(IReadOnlyList<string> MessageSids, EventFilter? Filter, Phase? FromPhase, bool DryRun)
{
    /// <summary>Whether the audit log and the app's log get a summary entry, besides those of each message.</summary>
    public bool IsBulk => Filter is not null || MessageSids.Count > 1;
}

/// <param name="JobId">Null when there is no job.</param>
/// <param name="Outcome">As documented at <c>replay_job</c> in the migrations; <c>unknown</c> for a message that was never received.</param>
public sealed record ReplayResult(Guid? JobId, string MessageSid, string? Status, int? Generation, string? Phase, string Outcome);

/// <summary>Runs stored messages again. Their idempotency keys stay the same, so no effect occurs twice.</summary>
public sealed class Replay(Database database, PhaseQueues queues, UnmatchedMessages unmatched, ILogger<Replay> log)
{
    private const int SendsAtOnce = 16;

    /// <summary>Timeout for queueing. The sweeper queues what is left.</summary>
    private static readonly TimeSpan EnqueueLimit = TimeSpan.FromSeconds(30);

    /// <summary>One transaction and one round trip for all messages, then one queue operation for each replayed message.</summary>
    /// <returns>One result per message, in the order of the request.</returns>
    public async Task<IReadOnlyList<ReplayResult>> RunAsync(ReplayRequest request, Actor actor, CancellationToken cancellation)
    {
        using var span = Traces.Start("replay");
        var results = await StoreAsync(request, actor, cancellation);
        if (request.IsBulk)
            log.ReplayedMany(actor.RequestId, results.Count, results.Count(result => result.Outcome == "replayed"), request.DryRun);
        // From here on the caller's cancellation does not apply, because the replay is already committed.
        await EnqueueAsync([.. results.Where(result => result.Outcome == "replayed")], actor.RequestId);
        return await IngestAsync(results, actor.RequestId);
    }

    /// <remarks>Ordered by id, so that two concurrent replays of the same messages cannot deadlock.</remarks>
    private async Task<List<ReplayResult>> StoreAsync(ReplayRequest request, Actor actor, CancellationToken cancellation)
    {
        var messageSids = request.MessageSids.Where(MessageSids.IsValid).Order(StringComparer.Ordinal).ToArray();
        await using var batch = database.AsService().Add(
            """
            with replayed as materialized (
              select s.message_sid, r.job_id, r.status, r.generation, r.phase, coalesce(r.outcome, 'unknown') as outcome
              from unnest($1::text[]) s(message_sid) cross join lateral replay_job(s.message_sid, $2, $3, $7, $4) r),
            audited as (
              insert into audit_log (actor, action, family_id, details, request_id)
              select $7, case when $3 then 'replay_many_preview' else 'replay_many' end, $8,
                     jsonb_build_object('from_phase', $2::text, 'filter', $5::jsonb, 'outcomes',
                       (select jsonb_object_agg(o.outcome, o.messages) from (select outcome, count(*) as messages from replayed group by outcome) o)), $4
              where $6)
            select message_sid, job_id, status, generation, phase, outcome from replayed
            """,
            messageSids, request.FromPhase?.Name(), request.DryRun, actor.RequestId, request.Filter?.ToAuditJson(), request.IsBulk, actor.Name, request.Filter?.FamilyId);
        var stored = (await batch.ListAsync(ReadResult, cancellation)).ToDictionary(result => result.MessageSid);
        return [.. request.MessageSids.Select(sid => stored.GetValueOrDefault(sid) ?? new ReplayResult(null, sid, null, null, null, "unknown"))];
    }

    private async Task EnqueueAsync(IReadOnlyList<ReplayResult> replayed, string requestId)
    {
        using var limit = new CancellationTokenSource(EnqueueLimit);
        await Parallel.ForEachAsync(replayed, new ParallelOptions { MaxDegreeOfParallelism = SendsAtOnce }, async (job, _) =>
        {
            log.Replayed(job.MessageSid, requestId, job.Phase!, job.Generation!.Value);
            try
            {
                await queues.SendAsync(Phases.Parse(job.Phase!), new JobMessage(job.MessageSid, job.Generation), limit.Token);
            }
            catch (Exception e) when (e is Azure.RequestFailedException or OperationCanceledException or AggregateException)
            {
                log.MessageNotQueued(job.MessageSid, requestId, job.Phase!, ErrorCode.Of(e));
            }
        });
    }

    private async Task<List<ReplayResult>> IngestAsync(List<ReplayResult> results, string requestId)
    {
        var known = results.Where(result => result.Outcome == "ingested").Select(result => result.MessageSid).ToList();
        if (known.Count == 0)
            return results;
        var taken = await unmatched.IngestAsync(known, requestId, CancellationToken.None);
        await using var batch = database.AsService().Add(
            "select message_sid, id as job_id, status, generation, current_phase as phase, 'ingested' as outcome from processing_jobs where message_sid = any ($1)",
            (object)taken.ToArray());
        var jobs = (await batch.ListAsync(ReadResult, CancellationToken.None)).ToDictionary(job => job.MessageSid);
        return
        [
            .. results.Select(result => result.Outcome != "ingested" ? result
                : jobs.GetValueOrDefault(result.MessageSid) ?? result with { Outcome = "unknown_sender" }),
        ];
    }

    private static ReplayResult ReadResult(NpgsqlDataReader row) => new(
        row.Get<Guid?>("job_id"), row.Get<string>("message_sid"), row.Get<string?>("status"), row.Get<int?>("generation"), row.Get<string?>("phase"),
        row.Get<string>("outcome"));
}
