-- A phone number in an operator's view: channel and last two digits.
create function mask_address(address text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when address like '%:%' then split_part(address, ':', 1) || ':' else '' end || '…' || right(address, 2)
$$;

-- The payload with every field masked that bears a phone number or a phone-like id.
create function mask_payload(payload jsonb) returns jsonb
language sql immutable set search_path = public, pg_temp as $$
  select jsonb_object_agg(key, case when key in ('From', 'To', 'WaId', 'Caller', 'Called') then to_jsonb(mask_address(value #>> '{}')) else value end)
  from jsonb_each(payload)
$$;

-- The whole story of one message in one call, oldest first in every list; null when it is unknown.
create function message_story(p_message_sid text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object(
    'message_sid', p_message_sid,
    'event', (
      select jsonb_build_object('id', e.id, 'provider', e.provider, 'family_id', e.family_id, 'received_at', e.received_at,
        'request_id', e.request_id, 'idempotency_token', e.idempotency_token, 'size_bytes', length(e.raw_body), 'payload', mask_payload(e.raw_payload))
      from webhook_events e where e.message_sid = p_message_sid),
    'unmatched', (
      select jsonb_build_object('received_at', u.received_at, 'reason', 'unknown_sender', 'answered', u.answered, 'payload', mask_payload(u.raw_payload))
      from unmatched_messages u where u.message_sid = p_message_sid),
    'job', (
      select to_jsonb(j) - 'extraction' - 'lease_token' - 'webhook_event_id' || jsonb_build_object('understood', j.extraction)
      from processing_jobs j where j.message_sid = p_message_sid),
    'attempts', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'job_id' order by a.attempt_number), '[]')
      from job_attempts a join processing_jobs j on j.id = a.job_id where j.message_sid = p_message_sid),
    'tasks', (
      select coalesce(jsonb_agg(to_jsonb(t) - 'family_id' order by t.ordinal), '[]') from tasks t where t.source_message_sid = p_message_sid),
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(o) - 'family_id' - 'message_sid'
        || jsonb_build_object('to_address', mask_address(o.to_address), 'from_address', mask_address(o.from_address)) order by o.created_at), '[]')
      from outbound_messages o where o.message_sid = p_message_sid),
    'ai_usage', (
      select coalesce(jsonb_agg(to_jsonb(u) - 'family_id' - 'message_sid' order by u.created_at), '[]') from ai_usage u where u.message_sid = p_message_sid),
    'cost_usd', (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.message_sid = p_message_sid),
    'poison', (
      select coalesce(jsonb_agg(to_jsonb(p) - 'message_sid' order by p.created_at), '[]') from poison_messages p where p.message_sid = p_message_sid),
    'audit', (
      select coalesce(jsonb_agg(to_jsonb(l) - 'message_sid' order by l.created_at), '[]') from audit_log l where l.message_sid = p_message_sid))
  where exists (select from webhook_events e where e.message_sid = p_message_sid)
     or exists (select from unmatched_messages u where u.message_sid = p_message_sid)
$$;

revoke all on function mask_address, mask_payload, message_story from public;
grant execute on function mask_address, mask_payload, message_story to service_role;
