-- What operators see: the story of one message with what people wrote masked, and searches over all of them.

-- The trace that the webhook began, which runs across the queues.
alter table webhook_events add column trace_id text;

-- A search goes newest first and goes on after the last row it gave: by time, then id. The time is the event's, which never changes;
-- it stands with the job too, for only within one table can an index find "the newest failed ones" without reading all the others.
alter table processing_jobs add column received_at timestamptz;
-- Row security is forced on the owner too, who would find nothing to update.
alter table processing_jobs no force row level security;
alter table webhook_events no force row level security;
update processing_jobs j set received_at = e.received_at from webhook_events e where e.id = j.webhook_event_id;
alter table processing_jobs alter column received_at set not null;
alter table processing_jobs force row level security;
alter table webhook_events force row level security;

create function copy_received_at() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  new.received_at := (select e.received_at from webhook_events e where e.id = new.webhook_event_id);
  return new;
end $$;

revoke all on function copy_received_at from public;

create trigger processing_jobs_received before insert on processing_jobs
  for each row execute function copy_received_at();

drop index processing_jobs_family;
create index processing_jobs_received on processing_jobs (received_at, message_sid);
create index processing_jobs_family on processing_jobs (family_id, received_at, message_sid);
create index processing_jobs_status on processing_jobs (status, received_at, message_sid);
create index processing_jobs_reason on processing_jobs (status_reason, received_at, message_sid) where status_reason is not null;
create index processing_jobs_error on processing_jobs (error_code, received_at, message_sid) where error_code is not null;
create index unmatched_messages_received on unmatched_messages (received_at, message_sid);
create index inbound_messages_phone on inbound_messages (from_phone);
create index poison_messages_created on poison_messages (created_at, id);

-- An operator's view of any JSON. Numbers, and texts under the keys listed here, are shown; of an address the channel and two digits;
-- of every other text its length, so that what Twilio or we may add some day is not shown by oversight.
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
    'status', 'status_reason', 'reason', 'from', 'to', 'at', 'leased_until', 'current_phase', 'phase', 'from_phase', 'outcome', 'delivery_status',
    'error_code', 'error_message', 'error_stack', 'cause', 'logs_url', 'kind', 'source', 'queue', 'actor', 'action',
    -- kinds of content
    'declared_type', 'content_type', 'blob_name', 'language', 'category', 'deployment'];
begin
  return case jsonb_typeof(p_value)
    when 'object' then (select coalesce(jsonb_object_agg(m.key, mask_texts(m.value, m.key)), '{}') from jsonb_each(p_value) m)
    when 'array' then (select coalesce(jsonb_agg(mask_texts(m.value, p_key) order by m.n), '[]') from jsonb_array_elements(p_value) with ordinality m(value, n))
    when 'string' then case
      when p_value = '""' or p_key = any (shown) or p_key like '%\_at' or p_key like 'MediaContentType%' then p_value
      when p_key in ('From', 'To', 'from_address', 'to_address') then to_jsonb(mask_address(p_value #>> '{}'))
      else to_jsonb(format('… (%s characters)', length(p_value #>> '{}'))) end
    else p_value end;
end $$;

drop function message_story;
drop function mask_payload;

-- The whole story of one message in one call, oldest first in every list; null when it is unknown.
create function message_story(p_message_sid text, p_reveal boolean default false) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select case when p_reveal then told.story else mask_texts(told.story) end
  from (select jsonb_build_object(
    'message_sid', p_message_sid,
    'event', (
      select jsonb_build_object('id', e.id, 'provider', e.provider, 'source', e.source, 'family_id', e.family_id, 'received_at', e.received_at,
        'request_id', e.request_id, 'trace_id', e.trace_id, 'idempotency_token', e.idempotency_token, 'size_bytes', length(e.raw_body),
        'payload', e.raw_payload)
      from webhook_events e where e.message_sid = p_message_sid),
    'unmatched', (
      select jsonb_build_object('received_at', u.received_at, 'reason', 'unknown_sender', 'answered', u.answered, 'payload', u.raw_payload)
      from unmatched_messages u where u.message_sid = p_message_sid),
    'job', (
      select to_jsonb(j) - 'extraction' - 'lease_token' - 'webhook_event_id' || jsonb_build_object('understood', j.extraction,
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
      select coalesce(jsonb_agg(to_jsonb(f) - 'family_id' - 'message_sid' order by f.ordinal), '[]') from media_files f where f.message_sid = p_message_sid),
    'transcripts', (
      select coalesce(jsonb_agg(to_jsonb(t) - 'family_id' - 'message_sid' order by t.ordinal), '[]')
      from voice_transcriptions t where t.message_sid = p_message_sid),
    'clarifications', jsonb_build_object(
      'asked', (
        select coalesce(jsonb_agg(to_jsonb(c) - 'family_id' - 'user_id' - 'message_sid' order by c.asked_at), '[]')
        from clarifications c where c.message_sid = p_message_sid),
      'answered', (
        select coalesce(jsonb_agg(to_jsonb(c) - 'family_id' - 'user_id' - 'answered_by' order by c.asked_at), '[]')
        from clarifications c where c.answered_by = p_message_sid)),
    'tasks', (
      select coalesce(jsonb_agg(to_jsonb(t) - 'family_id' order by t.ordinal), '[]') from tasks t where t.source_message_sid = p_message_sid),
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(o) - 'family_id' - 'message_sid' order by o.created_at), '[]')
      from outbound_messages o where o.message_sid = p_message_sid),
    'ai_usage', (
      select coalesce(jsonb_agg(to_jsonb(u) - 'family_id' - 'message_sid' order by u.created_at), '[]') from ai_usage u where u.message_sid = p_message_sid),
    'cost_usd', (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.message_sid = p_message_sid),
    'poison', (
      select coalesce(jsonb_agg(to_jsonb(p) - 'message_sid' order by p.created_at), '[]') from poison_messages p where p.message_sid = p_message_sid),
    'audit', (
      select coalesce(jsonb_agg(to_jsonb(l) - 'message_sid' order by l.created_at), '[]') from audit_log l where l.message_sid = p_message_sid)
  ) as story) told
  where exists (select from webhook_events e where e.message_sid = p_message_sid)
     or exists (select from unmatched_messages u where u.message_sid = p_message_sid)
$$;

create index clarifications_answered on clarifications (answered_by) where answered_by is not null;

revoke all on function mask_texts, message_story from public;
grant execute on function mask_texts, message_story to service_role;
