-- Ingestion of messages within rate limits: per sender and minute, and for all senders per hour and per day (UTC). Windows are fixed.
create table sender_limits (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  -- The minute of the last message, and the number of messages in it, including throttled ones.
  minute timestamptz not null default '-infinity',
  seen int not null default 0,
  -- Consecutive messages that failed, and when the last one did.
  failures int not null default 0,
  failed_at timestamptz,
  primary key (family_id, user_id),
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
) with (fillfactor = 50);

-- The shared counters, split into 32 shards: a single row would stay locked until commit and serialise ingestion. Each shard has its
-- share of the limit. The rows are fixed, so the table needs no CHECK.
create table rate_shards (
  scope text not null,
  shard int not null,
  since timestamptz not null default '-infinity',
  accepted int not null default 0,
  throttled int not null default 0,
  -- Counted but not stored, because ten times the limit was stored.
  dropped int not null default 0,
  primary key (scope, shard)
) with (fillfactor = 10);
insert into rate_shards (scope, shard) select scope, shard from unnest(array['hour', 'day']) scope, generate_series(0, 31) shard;

-- Messages to senders about a limit: one per sender and window.
create table limit_notifications (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  kind text not null check (kind in ('throttled', 'deferred')),
  -- The start of the window (for a budget, the family's day).
  since timestamptz not null,
  -- The message that the notice answers.
  message_sid text not null,
  notified_at timestamptz,
  primary key (family_id, user_id, kind, since)
);
create index limit_notifications_unsent on limit_notifications (since) where notified_at is null;

-- For alerts: one row when a limit is first exceeded in its window, or a budget reaches 80 or 100 percent.
create table limit_alerts (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  limit_name text not null,
  family_id uuid references families (id) on delete cascade,
  since timestamptz not null,
  percent int not null default 100,
  limit_value numeric not null,
  value numeric not null,
  unique nulls not distinct (limit_name, family_id, since, percent)
);
create index limit_alerts_at on limit_alerts (at);
create index limit_alerts_family on limit_alerts (family_id);

select migration.protect('sender_limits'), migration.protect('rate_shards'), migration.protect('limit_notifications'), migration.protect('limit_alerts');

create function rate_window(p_reason text, p_at timestamptz, out since timestamptz, out length interval)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case p_reason when 'rate_sender' then date_trunc('minute', p_at, 'UTC')
                       when 'rate_hour' then date_trunc('hour', p_at, 'UTC') else date_trunc('day', p_at, 'UTC') end,
         case p_reason when 'rate_sender' then interval '1 minute' when 'rate_hour' then interval '1 hour' else interval '1 day' end
$$;

-- Takes one permit of a window and returns its shard; null when the window is full. Starts with the connection's own shard.
create function take_permit(p_scope text, p_since timestamptz, p_limit int) returns int
language plpgsql set search_path = public, pg_temp as $$
declare
  mine constant int := pg_backend_pid() % 32;
  candidate int := mine;
begin
  -- Another shard is tried only when it has room; the UPDATE checks again under its lock.
  loop
    update rate_shards r
    set accepted = case when r.since >= p_since then r.accepted else 0 end + 1,
        throttled = case when r.since >= p_since then r.throttled else 0 end,
        dropped = case when r.since >= p_since then r.dropped else 0 end,
        since = greatest(r.since, p_since)
    where r.scope = p_scope and r.shard = candidate
      and case when r.since >= p_since then r.accepted else 0 end < (p_limit + 31 - r.shard) / 32;
    if found then
      return candidate;
    end if;
    select r.shard into candidate from rate_shards r
    where r.scope = p_scope and case when r.since >= p_since then r.accepted else 0 end < (p_limit + 31 - r.shard) / 32
    order by (r.shard - mine + 32) % 32 limit 1;
    if not found then
      return null;
    end if;
  end loop;
end $$;

create function give_permit_back(p_scope text, p_shard int) returns void
language sql set search_path = public, pg_temp as $$
  update rate_shards r set accepted = r.accepted - 1 where r.scope = p_scope and r.shard = p_shard and r.accepted > 0
$$;

create function count_refused(p_scope text, p_since timestamptz, p_stored boolean) returns void
language sql set search_path = public, pg_temp as $$
  update rate_shards r
  set accepted = case when r.since >= p_since then r.accepted else 0 end,
      throttled = case when r.since >= p_since then r.throttled else 0 end + p_stored::int,
      dropped = case when r.since >= p_since then r.dropped else 0 end + (not p_stored)::int,
      since = greatest(r.since, p_since)
  where r.scope = p_scope and r.shard = pg_backend_pid() % 32
$$;

-- Whether nine times a limit is throttled already, by all shards together: with the accepted messages, ten times the limit is stored.
create function is_full(p_scope text, p_since timestamptz, p_limit int) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select 9 * p_limit <= (select sum(r.throttled) from rate_shards r where r.scope = p_scope and r.since = p_since)
$$;

-- Stores a message: event, message and job in one transaction and one round trip.
-- outcome: accepted | duplicate | unmatched | unmatched_again (this sender was answered within a day) | throttled (stored, processed later)
--        | dropped (only counted: ten times the limit is stored already).
-- reason, limit_value, value: the limit that was exceeded. retry_after: seconds until its window ends. first: whether an alert was added.
-- The sender's minute counts every message; hour and day count accepted ones. Null limits mean no limit. Keywords are throttled above ten
-- times the sender's limit, and STOP and START still take effect. Messages from other sources than the webhook are never dropped.
create function accept_message(
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
         h.since = this_hour and h.throttled >= greatest(9 * (p_per_hour / 32), 1) as hour_held,
         d.since = today and d.throttled >= greatest(9 * (p_per_day / 32), 1) as day_held
  into sender
  from family_members m
  left join sender_limits l on l.family_id = m.family_id and l.user_id = m.user_id
  left join rate_shards h on h.scope = 'hour' and h.shard = mine
  left join rate_shards d on d.scope = 'day' and d.shard = mine
  where m.phone_e164 = p_phone;
  if not found then
    if is_webhook and 10 * p_per_minute <= (
      select count(*)
      from (
        select from unmatched_messages u
        where u.from_address = p_from_address and u.received_at >= this_minute limit 10 * p_per_minute) recent) then
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
      (provider, message_sid, family_id, user_id, from_phone, from_address, to_address, body, num_media, classification, raw_payload, created_at)
    values ('twilio', p_message_sid, family_id, sender.user_id, p_phone, p_from_address, p_to_address, p_body, p_num_media, coalesce(p_reason, 'ordinary'),
            case when p_num_media > 0 or p_raw_payload ? 'Forwarded' then (
              select jsonb_object_agg(f.key, f.value) from jsonb_each(p_raw_payload) f where f.key like 'Media%' or f.key = 'Forwarded') end, arrived);

    -- Counted late, because these rows stay locked until commit.
    if p_per_minute is not null then
      insert into sender_limits as l (family_id, user_id, minute, seen) values (sender.family_id, sender.user_id, this_minute, 1)
      on conflict on constraint sender_limits_pkey do update
      set seen = case when l.minute >= this_minute then l.seen else 0 end + 1, minute = greatest(l.minute, this_minute)
      returning l.seen into value;
      if value > p_per_minute * (case when is_keyword then 10 else 1 end) then
        reason := 'rate_sender';
      elsif not is_keyword then
        -- Inlines the first step of take_permit, which is nearly always enough.
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
    -- Due a minute into the next window, so that the window's first permits go to new messages.
    insert into processing_jobs (webhook_event_id, message_sid, family_id, current_phase, status, status_reason, resume_at, received_at)
    values (event_id, p_message_sid, sender.family_id, p_phase, case when reason is null then 'received' else 'throttled' end,
            coalesce(reason, p_reason), window_ends + interval '1 minute', arrived)
    returning id into job_id;
    if reason is not null then
      insert into job_transitions (job_id, generation, from_status, to_status, reason)
      values (job_id, 0, 'received', 'throttled', accept_message.reason);
    end if;

    -- Once a minute is enough for WhatsApp's 24-hour window and avoids contention on a busy sender's row.
    if sender.last_inbound_at is null or sender.last_inbound_at < arrived - interval '1 minute' then
      update family_members m set last_inbound_at = arrived where m.family_id = sender.family_id and m.user_id = sender.user_id;
    end if;
  end if;

  -- A STOP or START that arrives late does not override a newer one.
  if is_keyword and p_reason <> 'keyword_help' and family_id is not null then
    update family_members m set opted_out_at = case p_reason when 'keyword_stop' then arrived end
    where m.family_id = sender.family_id and m.user_id = sender.user_id and not exists (
      select from inbound_messages i
      where i.family_id = sender.family_id and i.user_id = sender.user_id and i.created_at > arrived
        and i.classification in ('keyword_stop', 'keyword_start'));
  end if;

  if reason is not null then
    select w.since, w.since + w.length into window_since, window_ends from rate_window(reason, now()) w;
    limit_value := case reason when 'rate_sender' then p_per_minute when 'rate_hour' then p_per_hour else p_per_day end;
    value := coalesce(value, limit_value);
    retry_after := ceil(extract(epoch from window_ends - now()));
    if outcome = 'throttled' then
      insert into limit_notifications (family_id, user_id, kind, since, message_sid)
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

-- Starts the oldest throttled job that the limits allow; null when there is none. A sender's backlog uses at most half of its minute, so
-- that new messages still have room.
create function resume_throttled(p_per_minute int, p_per_hour int, p_per_day int, out message_sid text, out phase text, out generation int)
language plpgsql set search_path = public, pg_temp as $$
declare
  job record;
  hour_shard int;
  this_minute constant timestamptz := date_trunc('minute', now(), 'UTC');
begin
  select j.id, j.message_sid, j.current_phase, j.generation, j.status_reason, i.family_id, i.user_id into job
  from processing_jobs j join inbound_messages i on i.message_sid = j.message_sid
  where j.status = 'throttled' and j.resume_at <= now() and not exists (
    select from sender_limits l
    where l.family_id = i.family_id and l.user_id = i.user_id and l.minute >= this_minute and l.seen >= greatest(1, p_per_minute / 2))
  order by j.received_at, j.message_sid limit 1
  for update of j skip locked;
  if not found then
    return;
  end if;

  -- The same lock order as in accept_message: sender, hour, day.
  perform from sender_limits l where l.family_id = job.family_id and l.user_id = job.user_id for update;
  hour_shard := take_permit('hour', date_trunc('hour', now(), 'UTC'), p_per_hour);
  if hour_shard is null then
    return;
  end if;
  if take_permit('day', date_trunc('day', now(), 'UTC'), p_per_day) is null then
    perform give_permit_back('hour', hour_shard);
    return;
  end if;
  update sender_limits l set seen = case when l.minute >= this_minute then l.seen else 0 end + 1, minute = greatest(l.minute, this_minute)
  where l.family_id = job.family_id and l.user_id = job.user_id;
  perform start_throttled(job.id);
  message_sid := job.message_sid;
  phase := job.current_phase;
  generation := job.generation;
end $$;

-- Counts consecutive failed messages of a sender. A message that is done or rejected, also after a replay, resets the count.
create function count_sender_failure(p_message_sid text, p_failed boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  if p_failed then
    insert into sender_limits as l (family_id, user_id, failures, failed_at)
    select m.family_id, m.user_id, 1, now()
    from inbound_messages i join family_members m on m.family_id = i.family_id and m.user_id = i.user_id
    where i.message_sid = p_message_sid
    on conflict on constraint sender_limits_pkey do update set failures = l.failures + 1, failed_at = now();
  else
    update sender_limits l set failures = 0 from inbound_messages i
    where i.message_sid = p_message_sid and l.family_id = i.family_id and l.user_id = i.user_id and l.failures > 0;
  end if;
end $$;

grant execute on function rate_window, take_permit, give_permit_back, count_refused, is_full, accept_message, resume_throttled, count_sender_failure to service_role;
