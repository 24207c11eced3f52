using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Operations;

/// <summary>The state of the whole app: volume, results, failures by phase and cause, latency, queue depths, poison messages and cost.</summary>
public sealed class Overview(Database database)
{
    /// <summary>Latencies are in milliseconds, ages in seconds.</summary>
    private static readonly string Sql =
        $"""
        with span as (
          select now() as until, now() - make_interval(hours => $1) as since, make_interval(hours => $1) / $2::int as step),
        jobs as materialized (
          select j.message_sid, j.status, j.status_reason, j.current_phase, j.error_code, j.received_at, j.completed_at from processing_jobs j, span where j.received_at >= span.since),
        unfinished as materialized (
          select j.message_sid, j.status, j.current_phase, j.received_at from processing_jobs j where j.status not in ('done', 'rejected', 'failed')),
        usage as materialized (
          select u.family_id, u.cost_usd from ai_usage u, span where u.created_at >= span.since)
        select jsonb_build_object(
          'now', span.until, 'since', span.since, 'bucket_seconds', extract(epoch from span.step)::int,
          'messages', (select count(*) from jobs),
          'by_status', {Counts("status", "jobs")},
          'volume', (
            select jsonb_agg(jsonb_build_object('at', b.at, 'received', coalesce(v.received, 0), 'done', coalesce(v.done, 0),
              'rejected', coalesce(v.rejected, 0), 'failed', coalesce(v.failed, 0)) order by b.n)
            from (select n, span.since + n * span.step as at from generate_series(0, $2::int - 1) n) b
            left join (
              select least(floor(extract(epoch from j.received_at - span.since) / extract(epoch from span.step)), $2::int - 1)::int as n, count(*) as received,
                count(*) filter (where j.status = 'done') as done, count(*) filter (where j.status = 'rejected') as rejected,
                count(*) filter (where j.status = 'failed') as failed
              from jobs j group by 1) v on v.n = b.n),
          'failures', (
            select coalesce(jsonb_agg(to_jsonb(f) order by f.messages desc, f.latest_at desc), '[]')
            from (
              select status, current_phase as phase, coalesce(error_code, status_reason) as code, count(*) as messages, max(received_at) as latest_at,
                (array_agg(message_sid order by received_at desc))[1] as latest_sid
              from jobs where status in ('failed', 'rejected') group by 1, 2, 3 order by 4 desc limit 20) f),
          'latency_ms', (
            select jsonb_build_object('p50', round(percentile_cont(0.5) within group (order by l.ms)), 'p95', round(percentile_cont(0.95) within group (order by l.ms)))
            from (select extract(epoch from completed_at - received_at) * 1000 as ms from jobs where completed_at is not null) l),
          'phases', (
            select coalesce(jsonb_agg(to_jsonb(p) order by array_position(array['download', 'transcribe', 'extract', 'finalize'], p.phase)), '[]')
            from (
              select a.phase, count(*) as attempts, count(*) filter (where a.outcome in ('failed', 'abandoned')) as failed,
                round(percentile_cont(0.5) within group (order by a.latency_ms) filter (where a.outcome = 'succeeded')) as p50_ms,
                round(percentile_cont(0.95) within group (order by a.latency_ms) filter (where a.outcome = 'succeeded')) as p95_ms
              from job_attempts a where a.created_at >= span.since group by a.phase) p),
          'unfinished', jsonb_build_object(
            'messages', (select count(*) from unfinished),
            'by_status', {Counts("status", "unfinished")},
            'oldest', (
              select jsonb_build_object('message_sid', u.message_sid, 'status', u.status, 'phase', u.current_phase, 'received_at', u.received_at,
                'age_seconds', round(extract(epoch from span.until - u.received_at)))
              from unfinished u order by u.received_at limit 1)),
          'dead_letters', {Counts("queue", "poison_messages where created_at >= span.since")},
          'replies', {Counts("status", "outbound_messages where created_at >= span.since")},
          'rejected_requests', {Counts("reason", "verification_failures where minute >= span.since", "sum(failures)")},
          'unknown_senders', (select count(*) from unmatched_messages u where u.received_at >= span.since and u.waiting_for is null),
          'which_family', (select count(*) from unmatched_messages u where u.waiting_for is not null),
          'cost_usd', (select coalesce(sum(cost_usd), 0) from usage),
          'cost_by_family', (
            select coalesce(jsonb_agg(to_jsonb(c) order by c.cost_usd desc), '[]')
            from (
              select u.family_id, f.name, sum(u.cost_usd) as cost_usd from usage u join families f on f.id = u.family_id group by 1, 2 order by 3 desc limit 10) c))::text
        from span
        """;

    /// <param name="hours">Length of the period until now.</param>
    /// <param name="buckets">Number of equal intervals for the volume.</param>
    /// <returns>One JSON document.</returns>
    public async Task<string> ReadAsync(int hours, int buckets, Actor actor, CancellationToken cancellation)
    {
        // The console reads it every few seconds, so the audit log has one row per operator and hour.
        await using var batch = database.AsService().Add(
            """
            insert into audit_log (actor, action, details, request_id)
            select $1, 'overview', jsonb_build_object('hours', $2::int), $3
            where not exists (select from audit_log where actor = $1 and action = 'overview' and created_at > now() - interval '1 hour')
            """,
            actor.Name, hours, actor.RequestId).Add(Sql, hours, buckets);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }

    private static string Counts(string column, string rows, string count = "count(*)") =>
        $"(select coalesce(jsonb_object_agg(c.key, c.count), '{{}}') from (select {column} as key, {count} as count from {rows} group by 1) c)";
}
