-- How the whole of it stands, for the operator's console: counts and times, and nothing of what anybody wrote.

create index job_attempts_created on job_attempts (created_at);
create index outbound_messages_created on outbound_messages (created_at);
create index ai_usage_created on ai_usage (created_at);

-- p_hours back from now, in p_buckets equal parts for what is drawn over time. Latencies are in milliseconds, ages in seconds.
create function operations_overview(p_hours int, p_buckets int) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  with span as (
    select now() as until, now() - make_interval(hours => p_hours) as since, make_interval(hours => p_hours) / p_buckets as step),
  jobs as materialized (
    select j.message_sid, j.status, j.status_reason, j.current_phase, j.error_code, j.received_at, j.completed_at, j.family_id
    from processing_jobs j, span where j.received_at >= span.since),
  unfinished as materialized (
    select j.message_sid, j.status, j.current_phase, j.received_at from processing_jobs j where j.status not in ('done', 'rejected', 'failed')),
  usage as materialized (
    select u.family_id, u.cost_usd from ai_usage u, span where u.created_at >= span.since)
  select jsonb_build_object(
    'now', span.until, 'since', span.since, 'bucket_seconds', extract(epoch from span.step)::int,
    'messages', (select count(*) from jobs),
    'by_status', (select coalesce(jsonb_object_agg(s.status, s.messages), '{}') from (select status, count(*) as messages from jobs group by status) s),
    'volume', (
      select jsonb_agg(jsonb_build_object('at', b.at, 'received', coalesce(v.received, 0), 'done', coalesce(v.done, 0),
        'rejected', coalesce(v.rejected, 0), 'failed', coalesce(v.failed, 0)) order by b.n)
      from (select n, span.since + n * span.step as at from generate_series(0, p_buckets - 1) n) b
      left join (
        select least(floor(extract(epoch from j.received_at - span.since) / extract(epoch from span.step)), p_buckets - 1)::int as n, count(*) as received,
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
      'by_status', (select coalesce(jsonb_object_agg(s.status, s.messages), '{}') from (select status, count(*) as messages from unfinished group by status) s),
      'oldest', (
        select jsonb_build_object('message_sid', u.message_sid, 'status', u.status, 'phase', u.current_phase, 'received_at', u.received_at,
          'age_seconds', round(extract(epoch from span.until - u.received_at)))
        from unfinished u order by u.received_at limit 1)),
    'dead_letters', (
      select coalesce(jsonb_object_agg(p.queue, p.messages), '{}')
      from (select queue, count(*) as messages from poison_messages, span where created_at >= span.since group by queue) p),
    'replies', (
      select coalesce(jsonb_object_agg(o.status, o.messages), '{}')
      from (select status, count(*) as messages from outbound_messages, span where created_at >= span.since group by status) o),
    'refused_requests', (
      select coalesce(jsonb_object_agg(v.reason, v.requests), '{}')
      from (select reason, sum(failures) as requests from verification_failures, span where minute >= span.since group by reason) v),
    'unknown_senders', (select count(*) from unmatched_messages u where u.received_at >= span.since),
    'cost_usd', (select coalesce(sum(cost_usd), 0) from usage),
    'cost_by_family', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.cost_usd desc), '[]')
      from (
        select u.family_id, f.name, sum(u.cost_usd) as cost_usd from usage u join families f on f.id = u.family_id
        group by 1, 2 order by 3 desc limit 10) c))
  from span
$$;

revoke all on function operations_overview from public;
grant execute on function operations_overview to service_role;
