-- Messages that come another way than the webhook, and later: how they came is kept, and when they first arrived.

alter table unmatched_messages add column source text not null default 'webhook' check (source in ('webhook', 'spilled', 'reconciled'));

-- Of a message that could not be taken in, and so has no other row: what an erasure finds it by.
alter table poison_messages add column from_address text;

-- A reply that Twilio certainly never got is sent once more, and never a third time.
alter table outbound_messages add column resent_at timestamptz;
create index outbound_messages_unsettled on outbound_messages (created_at) where status in ('sending', 'uncertain');

-- As before, with where it comes from and when it arrived (null: just now). An app that knows neither calls it as it always did.
drop function accept_message(text, text, text, text, text, int, jsonb, bytea, text, text, text, text);
create function accept_message(
  p_message_sid text, p_from_address text, p_phone text, p_to_address text, p_body text, p_num_media int,
  p_raw_payload jsonb, p_raw_body bytea, p_idempotency_token text, p_request_id text, p_phase text, p_reason text,
  p_source text default 'webhook', p_received_at timestamptz default null,
  out outcome text, out family_id uuid)
language plpgsql set search_path = public, pg_temp as $$
declare
  sender family_members;
  event_id uuid;
  arrived constant timestamptz := least(coalesce(p_received_at, now()), now());
begin
  select * into sender from family_members m where m.phone_e164 = p_phone;
  if not found then
    insert into unmatched_messages (message_sid, from_address, to_address, raw_payload, raw_body, answered, source, received_at)
    select p_message_sid, p_from_address, p_to_address, p_raw_payload, p_raw_body, not exists (
      select from unmatched_messages u
      where u.from_address = p_from_address and u.answered and u.received_at > arrived - interval '1 day'), p_source, arrived
    on conflict do nothing
    returning case when answered then 'unmatched' else 'unmatched_again' end into outcome;
    outcome := coalesce(outcome, 'duplicate');
    return;
  end if;

  family_id := sender.family_id;
  insert into webhook_events (message_sid, family_id, raw_payload, raw_body, idempotency_token, request_id, source, received_at)
  values (p_message_sid, family_id, p_raw_payload, p_raw_body, p_idempotency_token, p_request_id, p_source, arrived)
  on conflict (message_sid) do nothing
  returning id into event_id;
  if event_id is null then
    outcome := 'duplicate';
    return;
  end if;

  insert into inbound_messages
    (provider, message_sid, family_id, user_id, from_phone, from_address, to_address, body, num_media, raw_payload, created_at)
  values ('twilio', p_message_sid, family_id, sender.user_id, p_phone, p_from_address, p_to_address, p_body, p_num_media, p_raw_payload, arrived);

  insert into processing_jobs (webhook_event_id, message_sid, family_id, current_phase, status_reason)
  values (event_id, p_message_sid, family_id, p_phase, p_reason);

  -- To the minute is enough for WhatsApp's 24-hour window, and keeps a busy sender's row from becoming a queue of its own.
  if sender.last_inbound_at is null or sender.last_inbound_at < arrived - interval '1 minute' then
    update family_members m set last_inbound_at = arrived where m.family_id = sender.family_id and m.user_id = sender.user_id;
  end if;
  -- A STOP or START that comes late does not undo what was said after it.
  if p_reason in ('keyword_stop', 'keyword_start') and not exists (
    select from processing_jobs j join inbound_messages i on i.message_sid = j.message_sid
    where j.family_id = sender.family_id and j.status_reason in ('keyword_stop', 'keyword_start')
      and i.user_id = sender.user_id and i.created_at > arrived) then
    update family_members m set opted_out_at = case p_reason when 'keyword_stop' then arrived end
    where m.family_id = sender.family_id and m.user_id = sender.user_id;
  end if;

  outcome := 'accepted';
end $$;

revoke all on function accept_message from public;
grant execute on function accept_message to service_role;
