-- A CHECK is read, planned and prepared again by every statement that writes to its table: those of a list of 32 reasons, with what else goes
-- here, took a tenth of all the time that taking a message in takes in the database.

-- As a reference: for a job without a reason nothing is looked up.
create table status_reasons (reason text primary key);
insert into status_reasons (reason) values
  ('keyword_stop'), ('keyword_start'), ('keyword_help'),
  ('command_list'), ('command_done'), ('command_undo'), ('command_board'), ('command_help'),
  ('empty_message'), ('unsupported_image'), ('unsupported_video'), ('unsupported_document'), ('unsupported_location'), ('unsupported_contact'), ('unsupported_audio'), ('unsupported_media'),
  ('media_too_large'), ('audio_too_long'), ('media_empty'), ('media_unreadable'), ('media_unavailable'), ('media_forbidden'), ('no_speech'),
  ('rate_sender'), ('rate_hour'), ('rate_day'), ('budget_family'), ('budget_global'),
  ('no_slot'), ('breaker_open'), ('sender_paused'), ('retries_exhausted');
select migration.protect('status_reasons', 'select');

alter table processing_jobs
  drop constraint processing_jobs_status_reason_check,
  add foreign key (status_reason) references status_reasons;

-- These rows were made with the table, and only counted in since.
alter table rate_shards drop constraint rate_shards_scope_check, drop constraint rate_shards_shard_check;

drop trigger processing_jobs_throttled_recorded on processing_jobs;
drop function record_throttled_job;

-- As before, and it writes itself what that trigger wrote.
create or replace function accept_message(
  p_message_sid text, p_from_address text, p_phone text, p_to_address text, p_body text, p_num_media int,
  p_raw_payload jsonb, p_raw_body bytea, p_idempotency_token text, p_request_id text, p_phase text, p_reason text,
  p_source text default 'webhook', p_received_at timestamptz default null,
  p_per_minute int default null, p_per_hour int default null, p_per_day int default null,
  out outcome text, out family_id uuid, out reason text, out limit_value int, out value int, out retry_after int, out first boolean)
language plpgsql set search_path = public, pg_temp as $$
declare
  sender record;
  event_id uuid;
  job_id uuid;
  hour_shard int;
  window_since timestamptz;
  window_ends timestamptz;
  mine constant int := pg_backend_pid() % 32;
  arrived constant timestamptz := least(coalesce(p_received_at, now()), now());
  this_minute constant timestamptz := date_trunc('minute', now(), 'UTC');
  this_hour constant timestamptz := date_trunc('hour', now(), 'UTC');
  today constant timestamptz := date_trunc('day', now(), 'UTC');
  is_keyword constant boolean := coalesce(p_reason like 'keyword%', false);
  is_webhook constant boolean := p_source = 'webhook';
begin
  select m.family_id, m.user_id, m.last_inbound_at, case when l.minute = this_minute then l.seen else 0 end as seen,
         h.since = this_hour and h.throttled >= greatest(9 * (p_per_hour / 32), 1) as hour_held, d.since = today and d.throttled >= greatest(9 * (p_per_day / 32), 1) as day_held
  into sender
  from family_members m
  left join sender_limits l on l.family_id = m.family_id and l.user_id = m.user_id
  left join rate_shards h on h.scope = 'hour' and h.shard = mine
  left join rate_shards d on d.scope = 'day' and d.shard = mine
  where m.phone_e164 = p_phone;
  if not found then
    if is_webhook and 10 * p_per_minute <= (
      select count(*) from (select from unmatched_messages u where u.from_address = p_from_address and u.received_at >= this_minute limit 10 * p_per_minute) recent) then
      outcome := 'dropped';
      reason := 'rate_sender';
    else
      insert into unmatched_messages (message_sid, from_address, to_address, raw_payload, raw_body, answered, source, received_at)
      select p_message_sid, p_from_address, p_to_address, p_raw_payload, p_raw_body, not exists (
        select from unmatched_messages u
        where u.from_address = p_from_address and u.answered and u.received_at > arrived - interval '1 day'), p_source, arrived
      on conflict do nothing
      returning case when answered then 'unmatched' else 'unmatched_again' end into outcome;
      outcome := coalesce(outcome, 'duplicate');
      return;
    end if;
  elsif is_webhook then
    family_id := sender.family_id;
    reason := case when sender.seen >= 10 * p_per_minute then 'rate_sender'
                   when is_keyword then null
                   when sender.hour_held and is_full('hour', this_hour, p_per_hour) then 'rate_hour'
                   when sender.day_held and is_full('day', today, p_per_day) then 'rate_day' end;
    if reason is not null and not exists (select from webhook_events e where e.message_sid = p_message_sid) then
      outcome := 'dropped';
    end if;
  end if;

  if outcome = 'dropped' then
    if reason = 'rate_sender' and family_id is not null then
      update sender_limits l set seen = case when l.minute = this_minute then l.seen else 0 end + 1, minute = this_minute
      where l.family_id = sender.family_id and l.user_id = sender.user_id
      returning l.seen into value;
    end if;
    perform count_refused(case reason when 'rate_day' then 'day' else 'hour' end, case reason when 'rate_day' then today else this_hour end, false);
  else
    reason := null;
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

    -- Counted as late as can be: from here to the commit others who count the same wait.
    if p_per_minute is not null then
      insert into sender_limits as l (family_id, user_id, minute, seen) values (sender.family_id, sender.user_id, this_minute, 1)
      on conflict on constraint sender_limits_pkey do update
      set seen = case when l.minute >= this_minute then l.seen else 0 end + 1, minute = greatest(l.minute, this_minute)
      returning l.seen into value;
      if value > p_per_minute * (case when is_keyword then 10 else 1 end) then
        reason := 'rate_sender';
      elsif not is_keyword then
        -- As take_permit does first, spared the call: hardly ever is more needed.
        update rate_shards r set accepted = r.accepted + 1
        where r.scope = 'hour' and r.shard = mine and r.since = this_hour and r.accepted < (p_per_hour + 31 - mine) / 32;
        hour_shard := case when found then mine else take_permit('hour', this_hour, p_per_hour) end;
        update rate_shards r set accepted = r.accepted + 1
        where hour_shard is not null and r.scope = 'day' and r.shard = mine and r.since = today and r.accepted < (p_per_day + 31 - mine) / 32;
        if found then
          null;
        elsif hour_shard is null then
          reason := 'rate_hour';
          perform count_refused('hour', this_hour, true);
        elsif take_permit('day', today, p_per_day) is null then
          reason := 'rate_day';
          perform give_permit_back('hour', hour_shard);
          perform count_refused('day', today, true);
        end if;
      end if;
    end if;

    outcome := case when reason is null then 'accepted' else 'throttled' end;
    if reason is not null then
      select w.since, w.since + w.length into window_since, window_ends from rate_window(reason, now()) w;
    end if;
    -- A throttled one waits until a minute into the next window: the room at its very beginning is left to what comes then.
    insert into processing_jobs (webhook_event_id, message_sid, family_id, current_phase, status, status_reason, held_reason, resume_at, received_at)
    values (event_id, p_message_sid, sender.family_id, p_phase, case when reason is null then 'received' else 'throttled' end,
            coalesce(reason, p_reason), case when reason is not null then p_reason end, window_ends + interval '1 minute', arrived)
    returning id into job_id;
    if reason is not null then
      -- It has been received first, for its story.
      insert into job_transitions (job_id, generation, from_status, to_status, reason) values (job_id, 0, 'received', 'throttled', accept_message.reason);
    end if;

    -- To the minute is enough for WhatsApp's 24-hour window, and keeps a busy sender's row from becoming a queue of its own.
    if sender.last_inbound_at is null or sender.last_inbound_at < arrived - interval '1 minute' then
      update family_members m set last_inbound_at = arrived where m.family_id = sender.family_id and m.user_id = sender.user_id;
    end if;
  end if;

  -- A STOP or START that comes late does not undo what was said after it. Asked step by step: a condition whose first part is null has all of it read.
  if is_keyword and p_reason <> 'keyword_help' and family_id is not null then
    update family_members m set opted_out_at = case p_reason when 'keyword_stop' then arrived end
    where m.family_id = sender.family_id and m.user_id = sender.user_id and not exists (
      select from processing_jobs j join inbound_messages i on i.message_sid = j.message_sid
      where j.family_id = sender.family_id and j.status_reason in ('keyword_stop', 'keyword_start', 'rate_sender')
        and coalesce(j.held_reason, j.status_reason) in ('keyword_stop', 'keyword_start') and i.user_id = sender.user_id and i.created_at > arrived);
  end if;

  if reason is not null then
    select w.since, w.since + w.length into window_since, window_ends from rate_window(reason, now()) w;
    limit_value := case reason when 'rate_sender' then p_per_minute when 'rate_hour' then p_per_hour else p_per_day end;
    value := coalesce(value, limit_value);
    retry_after := ceil(extract(epoch from window_ends - now()));
    if outcome = 'throttled' then
      insert into limit_notices (family_id, user_id, kind, since, message_sid)
      values (sender.family_id, sender.user_id, 'throttled', window_since, p_message_sid) on conflict do nothing;
    end if;
    if family_id is not null then
      insert into limit_alerts (limit_name, family_id, since, limit_value, value)
      values (reason, case reason when 'rate_sender' then sender.family_id end, window_since, accept_message.limit_value, accept_message.value)
      on conflict do nothing;
      first := found;
    end if;
  end if;
end $$;
