-- Rejected webhook requests per minute, address and reason, without any of their content.
create table verification_failures (
  minute timestamptz not null,
  address text not null,
  reason text not null,
  failures int not null default 1,
  primary key (minute, address, reason)
);

create table poison_messages (
  id uuid primary key default gen_random_uuid(),
  queue text not null,
  queue_message_id text not null,
  body text not null,
  message_sid text,
  -- For erasure: a message that was never stored has no other row.
  from_address text,
  cause text not null,
  created_at timestamptz not null default now(),
  unique (queue, queue_message_id)
);
create index poison_messages_sid on poison_messages (message_sid);
create index poison_messages_created on poison_messages (created_at, id);

-- Append-only for the app: it may insert, and time and id are the database's own. Only erase_family changes a row: it removes what the row
-- says about the family.
create table audit_log (
  id uuid primary key default gen_random_uuid(),
  -- operator: with the function key. operator:<name> (<object id>): with a token. owner:<user id>: of the family. retention: the timer.
  actor text not null,
  action text not null,
  message_sid text,
  family_id uuid,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now()
);
create index audit_log_sid on audit_log (message_sid);
create index audit_log_family on audit_log (family_id);
create index audit_log_actor on audit_log (actor, action, created_at);

select migration.protect('verification_failures'),
       migration.protect('poison_messages', 'select, insert, delete'),
       migration.protect('audit_log', 'select');
grant update (body, from_address) on poison_messages to service_role;
grant insert (actor, action, message_sid, family_id, details, request_id) on audit_log to service_role;

-- Restarts a finished, failed or stuck job at a phase, as a new generation, and writes the audit log. A named phase and those after it run
-- again: their results are deleted, and their calls are charged again.
-- outcome: replayed | already_done (no phase was named) | in_progress (leased) | ingested (the sender is a member now: the caller ingests
--        the message) | unknown_sender | would_replay, would_ingest (dry run) | null (no such message).
create function replay_job(
  p_message_sid text, p_webhook_event_id uuid, p_phase text, p_dry_run boolean, p_actor text, p_request_id text,
  out job_id uuid, out message_sid text, out status text, out generation int, out phase text, out outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
begin
  select * into job from processing_jobs j
  where (p_message_sid is null or j.message_sid = p_message_sid)
    and (p_webhook_event_id is null or j.webhook_event_id = p_webhook_event_id)
    and num_nonnulls(p_message_sid, p_webhook_event_id) > 0
  for update;
  if found then
    job_id := job.id;
    message_sid := job.message_sid;
    status := job.status;
    generation := job.generation;
    -- Keywords and commands need no other phase, and must not become tasks; but a recording may have been misheard as a command.
    phase := case
      when exists (
        select from inbound_messages m
        where m.message_sid = job.message_sid and (m.classification like 'keyword%' or (m.classification like 'command%' and (m.num_media = 0 or p_phase is null)))) then 'finalize'
      else coalesce(p_phase, job.current_phase) end;
    outcome := case
      when job.leased_until > clock_timestamp() then 'in_progress'
      when p_phase is null and job.status in ('done', 'rejected') then 'already_done'
      when p_dry_run then 'would_replay'
      else 'replayed' end;
  else
    select u.message_sid, 'unmatched', case
        when u.invited or not exists (select from members_at(u.from_address)) then 'unknown_sender'
        when p_dry_run then 'would_ingest'
        else 'ingested' end
    into message_sid, status, outcome
    from unmatched_messages u where u.message_sid = p_message_sid;
    if not found then
      return;
    end if;
  end if;

  if outcome = 'replayed' then
    if phase <> 'finalize' then
      update inbound_messages m set classification = 'ordinary' where m.message_sid = job.message_sid and m.classification like 'command%';
    end if;
    if p_phase = 'download' then
      -- Stored content is not downloaded again: Twilio's copy has been deleted.
      delete from media_files f where f.message_sid = job.message_sid and f.blob_name is null;
    end if;
    if p_phase in ('download', 'transcribe') then
      update media_files f set reason = null where f.message_sid = job.message_sid and f.reason = 'unsupported_audio';
      delete from voice_transcriptions t where t.message_sid = job.message_sid;
    end if;
    -- A rejection is dropped when the phase that may have found it runs again.
    if p_phase in ('download', 'transcribe', 'extract') then
      job.rejection := null;
    end if;
    update processing_jobs j
    set generation = j.generation + 1,
        status = phase_status(phase),
        current_phase = phase,
        status_reason = reason_of(job),
        rejection = job.rejection,
        extraction = case when p_phase in ('download', 'transcribe', 'extract') then null else j.extraction end,
        error_code = null, error_message = null, error_stack = null, completed_at = null, resume_at = null, dispatched_at = null,
        keeps_position = false, lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
    where j.id = job.id
    returning j.status, j.generation into status, generation;
    perform release_leases(job);
  end if;

  insert into audit_log (actor, action, message_sid, family_id, details, request_id)
  values (p_actor, case when p_dry_run then 'replay_preview' else 'replay' end, message_sid, job.family_id,
          jsonb_build_object('from_phase', p_phase, 'outcome', outcome, 'generation', generation), p_request_id);
end $$;

-- An address for operators: its channel and last two characters.
create function mask_address(address text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when address like '%:%' then split_part(address, ':', 1) || ':' else '' end || '…' || right(address, 2)
$$;

-- JSON for operators: texts are replaced by their length unless their key is listed, so a new key is masked by default.
create function mask_texts(p_value jsonb, p_key text default null) returns jsonb
language plpgsql immutable set search_path = public, pg_temp as $$
declare
  shown constant text[] := array[
    -- Twilio's form
    'MessageSid', 'SmsSid', 'SmsMessageSid', 'OriginalRepliedMessageSid', 'AccountSid', 'MessagingServiceSid', 'ApiVersion', 'MessageType',
    'SmsStatus', 'NumMedia', 'NumSegments', 'ReferralNumMedia', 'OptOutType', 'Forwarded', 'FrequentlyForwarded',
    -- ids
    'id', 'message_sid', 'request_id', 'trace_id', 'idempotency_token', 'family_id', 'user_id', 'attempt_id', 'task_id', 'created_by',
    'answered_by', 'provider', 'provider_sid', 'queue_message_id',
    -- states and their causes
    'status', 'status_reason', 'reason', 'rejection', 'classification', 'from', 'to', 'at', 'leased_until', 'current_phase', 'phase', 'from_phase', 'outcome', 'delivery_status',
    'error_code', 'error_message', 'error_stack', 'cause', 'logs_url', 'kind', 'source', 'queue', 'actor', 'action',
    -- kinds of content
    'declared_type', 'content_type', 'blob_name', 'language', 'category', 'deployment'];
begin
  return case jsonb_typeof(p_value)
    when 'object' then (select coalesce(jsonb_object_agg(m.key, mask_texts(m.value, m.key)), '{}') from jsonb_each(p_value) m)
    when 'array' then (select coalesce(jsonb_agg(mask_texts(m.value, p_key) order by m.n), '[]')
      from jsonb_array_elements(p_value) with ordinality m(value, n))
    when 'string' then case
      when p_value = '""' or p_key = any (shown) or p_key like '%\_at' or p_key like 'MediaContentType%' then p_value
      when p_key in ('From', 'To', 'from_address', 'to_address') then to_jsonb(mask_address(p_value #>> '{}'))
      else to_jsonb(format('… (%s characters)', length(p_value #>> '{}'))) end
    else p_value end;
end $$;

-- The timeline of one message, oldest first in every list; null when the message is unknown.
create function message_timeline(p_message_sid text, p_reveal boolean default false) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select case when p_reveal then told.timeline else mask_texts(told.timeline) end
  from (select jsonb_build_object(
    'message_sid', p_message_sid,
    'event', (
      select jsonb_build_object('id', e.id, 'provider', e.provider, 'source', e.source, 'family_id', e.family_id, 'received_at', e.received_at,
        'request_id', e.request_id, 'trace_id', e.trace_id, 'idempotency_token', e.idempotency_token, 'size_bytes', e.size_bytes,
        'payload', e.raw_payload)
      from webhook_events e where e.message_sid = p_message_sid),
    'unmatched', (
      select jsonb_build_object('received_at', u.received_at, 'reason', 'unknown_sender', 'answered', u.answered, 'payload', u.raw_payload)
      from unmatched_messages u where u.message_sid = p_message_sid),
    'job', (
      select to_jsonb(j) - 'extraction' - 'lease_token' - 'webhook_event_id' || jsonb_build_object('understood', j.extraction,
        'classification', (select m.classification from inbound_messages m where m.message_sid = p_message_sid),
        'latency_ms', round(extract(epoch from j.completed_at - j.received_at) * 1000))
      from processing_jobs j where j.message_sid = p_message_sid),
    'states', (
      select coalesce(jsonb_agg(jsonb_build_object('at', s.at, 'from', s.from_status, 'to', s.to_status, 'reason', s.reason,
        'generation', s.generation) order by s.id), '[]')
      from (
        select 0 as id, j.created_at as at, null as from_status, coalesce(first.from_status, j.status) as to_status, null as reason, 0 as generation
        from processing_jobs j
        left join lateral (select t.from_status from job_transitions t where t.job_id = j.id order by t.id limit 1) first on true
        where j.message_sid = p_message_sid
        union all
        select t.id, t.at, t.from_status, t.to_status, t.reason, t.generation
        from job_transitions t join processing_jobs j on j.id = t.job_id where j.message_sid = p_message_sid) s),
    'queue', (
      select jsonb_build_object('phase', j.current_phase, 'generation', j.generation, 'queued_at', j.queued_at, 'sweeps', j.sweeps,
        'resume_at', j.resume_at, 'leased', coalesce(j.leased_until > clock_timestamp(), false), 'leased_until', j.leased_until)
      from processing_jobs j where j.message_sid = p_message_sid),
    'attempts', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'job_id' || jsonb_build_object('ended_at', a.created_at + a.latency_ms * interval '1 millisecond')
        order by a.attempt_number), '[]')
      from job_attempts a join processing_jobs j on j.id = a.job_id where j.message_sid = p_message_sid),
    'media', (
      select coalesce(jsonb_agg(to_jsonb(f) - 'family_id' - 'message_sid' order by f.ordinal), '[]')
      from media_files f where f.message_sid = p_message_sid),
    'transcripts', (
      select coalesce(jsonb_agg(to_jsonb(t) - 'family_id' - 'message_sid' order by t.ordinal), '[]')
      from voice_transcriptions t where t.message_sid = p_message_sid),
    'clarifications', jsonb_build_object(
      'asked', (
        select coalesce(jsonb_agg(to_jsonb(c) - 'family_id' - 'user_id' - 'message_sid' - 'before' order by c.asked_at), '[]')
        from clarifications c where c.message_sid = p_message_sid),
      'answered', (
        select coalesce(jsonb_agg(to_jsonb(c) - 'family_id' - 'user_id' - 'answered_by' - 'before' order by c.asked_at), '[]')
        from clarifications c where c.answered_by = p_message_sid)),
    'tasks', (
      select coalesce(jsonb_agg(to_jsonb(t) - 'family_id' order by t.ordinal), '[]') from tasks t where t.source_message_sid = p_message_sid),
    'series', (
      select coalesce(jsonb_agg(to_jsonb(s) - 'family_id' - 'upcoming' || jsonb_build_object('occurrences', (select count(*) from tasks t where t.series_id = s.id))
        order by s.ordinal), '[]')
      from series s where s.source_message_sid = p_message_sid),
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(o) - 'family_id' - 'message_sid' - 'is_missed' order by o.created_at), '[]')
      from outbound_messages o where o.message_sid = p_message_sid),
    'ai_usage', (
      select coalesce(jsonb_agg(to_jsonb(u) - 'family_id' - 'message_sid' order by u.created_at), '[]')
      from ai_usage u where u.message_sid = p_message_sid),
    'cost_usd', (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.message_sid = p_message_sid),
    'poison', (
      select coalesce(jsonb_agg(to_jsonb(p) - 'message_sid' order by p.created_at), '[]') from poison_messages p where p.message_sid = p_message_sid),
    'audit', (
      select coalesce(jsonb_agg(to_jsonb(l) - 'message_sid' order by l.created_at), '[]') from audit_log l where l.message_sid = p_message_sid)
  ) as timeline) told
  where exists (select from webhook_events e where e.message_sid = p_message_sid)
     or exists (select from unmatched_messages u where u.message_sid = p_message_sid)
$$;

-- The limits' part of a message's timeline.
create function limits_timeline(p_message_sid text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('limits', jsonb_build_object(
    'reservations', (
      select coalesce(jsonb_agg(to_jsonb(r) - 'family_id' - 'message_sid' order by r.id), '[]')
      from ai_reservations r where r.message_sid = p_message_sid),
    'notifications', (
      select coalesce(jsonb_agg(to_jsonb(n) - 'family_id' - 'message_sid' order by n.since), '[]')
      from limit_notifications n where n.message_sid = p_message_sid)))
$$;

-- Counts and times of the last p_hours, in p_buckets intervals. Latencies are in milliseconds, ages in seconds.
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
    'by_status', (
      select coalesce(jsonb_object_agg(s.status, s.messages), '{}') from (select status, count(*) as messages from jobs group by status) s),
    'volume', (
      select jsonb_agg(jsonb_build_object('at', b.at, 'received', coalesce(v.received, 0), 'done', coalesce(v.done, 0),
        'rejected', coalesce(v.rejected, 0), 'failed', coalesce(v.failed, 0)) order by b.n)
      from (select n, span.since + n * span.step as at from generate_series(0, p_buckets - 1) n) b
      left join (
        select least(floor(extract(epoch from j.received_at - span.since) / extract(epoch from span.step)), p_buckets - 1)::int as n,
               count(*) as received,
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
      select jsonb_build_object('p50', round(percentile_cont(0.5) within group (order by l.ms)),
        'p95', round(percentile_cont(0.95) within group (order by l.ms)))
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
      'by_status', (
        select coalesce(jsonb_object_agg(s.status, s.messages), '{}')
        from (select status, count(*) as messages from unfinished group by status) s),
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
    'rejected_requests', (
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

grant execute on function replay_job, mask_address, mask_texts, message_timeline, limits_timeline, operations_overview to service_role;
