-- Ingestion of messages within rate limits: per sender and minute, and per hour and day (UTC) for a family, which has a share of what all
-- senders have together. Windows are fixed.
create table sender_limits (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  failures int not null default 0, -- Consecutive messages that failed, and when the last one did.
  failed_at timestamptz,
  primary key (family_id, user_id),
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
) with (fillfactor = 50);

-- The counter of a limit's current window, which starts again with the first message of the next one. A counted row stays locked until
-- commit: the counters of all senders are divided into shards with a share of the limit each, so that messages rarely wait for each other.
create table rate_counters (
  -- sender: one sender in a minute. family_hour, family_day: one family. hour, day: all senders. strangers: all senders in no family, in a day.
  -- additions: members that one family added in a day. invite_member, invite_family, invite_all: invitations sent in a day.
  scope text not null,
  key text not null, -- The sender's user_id, or the family's id; empty for all.
  shard int not null default 0,
  family_id uuid references families (id) on delete cascade,
  since timestamptz not null,
  counted int not null default 0, -- sender: every message. Others: what was accepted.
  throttled int not null default 0,
  dropped int not null default 0, -- Not stored, because ten times the limit was stored. For senders in no family: all that were not stored.
  primary key (scope, key, shard)
) with (fillfactor = 10);
create index rate_counters_family on rate_counters (family_id);

-- Messages to senders about a limit: one per sender and window.
create table limit_notifications (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  kind text not null check (kind in ('throttled', 'deferred')),
  since timestamptz not null, -- The start of the window (for a budget, the family's day).
  message_sid text not null, -- The message that the notice answers.
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

select migration.protect('sender_limits'), migration.protect('rate_counters'), migration.protect('limit_notifications'), migration.protect('limit_alerts');
create policy owner_counts on rate_counters to current_user using (true) with check (true);

create type rate_limits as (per_minute int, per_hour int, per_day int, family_percent int, strangers_per_day int);
create type rate_window as (scope text, key text, family_id uuid, since timestamptz, ends timestamptz, most int, shards int);

-- A window of the current day (UTC) with one counter.
create function day_window(p_scope text, p_key text, p_family uuid, p_most int) returns rate_window language plpgsql stable set search_path = public, pg_temp as $$
begin return row(p_scope, p_key, p_family, date_trunc('day', now(), 'UTC'), date_trunc('day', now(), 'UTC') + interval '1 day', p_most, 1)::rate_window; end $$;

-- The current windows of a sender's message, in the order in which they are checked and locked.
create function rate_windows(p_family uuid, p_user uuid, p_limits rate_limits) returns rate_window[] language plpgsql stable set search_path = public, pg_temp as $$
declare
  this_minute constant timestamptz := date_trunc('minute', now(), 'UTC');
  this_hour constant timestamptz := date_trunc('hour', now(), 'UTC');
  today constant timestamptz := date_trunc('day', now(), 'UTC');
  of_hour constant int := greatest(1, p_limits.per_hour::bigint * p_limits.family_percent / 100);
  of_day constant int := greatest(1, p_limits.per_day::bigint * p_limits.family_percent / 100);
begin
  return array[
    row('sender', p_user::text, p_family, this_minute, this_minute + interval '1 minute', p_limits.per_minute, 1),
    row('family_hour', p_family::text, p_family, this_hour, this_hour + interval '1 hour', of_hour, 4),
    row('family_day', p_family::text, p_family, today, today + interval '1 day', of_day, 4),
    row('hour', '', null, this_hour, this_hour + interval '1 hour', p_limits.per_hour, 16),
    row('day', '', null, today, today + interval '1 day', p_limits.per_day, 16)]::rate_window[];
end $$;

-- Adds to a shard of a window's counter and returns how many messages it has counted.
create function count_message(w rate_window, p_shard int, p_counted int, p_throttled int, p_dropped int) returns int
language plpgsql set search_path = public, pg_temp as $$
declare value int;
begin
  insert into rate_counters as c (scope, key, shard, family_id, since, counted, throttled, dropped)
  values (w.scope, w.key, p_shard, w.family_id, w.since, p_counted, p_throttled, p_dropped)
  on conflict (scope, key, shard) do update
  set counted = excluded.counted + case when c.since >= excluded.since then c.counted else 0 end,
      throttled = excluded.throttled + case when c.since >= excluded.since then c.throttled else 0 end,
      dropped = excluded.dropped + case when c.since >= excluded.since then c.dropped else 0 end,
      since = greatest(c.since, excluded.since)
  returning c.counted into value;
  return value;
end $$;

-- Counts a message in the first shard that has room, starting with the connection's own, and returns the shard; null when all are full.
-- A full shard is not locked, so a transaction holds one shard of a window only and cannot deadlock.
create function take_permit(w rate_window) returns int language plpgsql set search_path = public, pg_temp as $$
declare s int; share int;
begin
  -- The second time round finds a shard that a concurrent message has just added.
  for n in 0 .. 2 * w.shards - 1 loop
    s := (pg_backend_pid() + n) % w.shards;
    share := (w.most + w.shards - 1 - s) / w.shards;
    update rate_counters c
    set counted = 1 + case when c.since >= w.since then c.counted else 0 end,
        throttled = case when c.since >= w.since then c.throttled else 0 end,
        dropped = case when c.since >= w.since then c.dropped else 0 end,
        since = greatest(c.since, w.since)
    where c.scope = w.scope and c.key = w.key and c.shard = s and share > case when c.since >= w.since then c.counted else 0 end;
    if not found then
      insert into rate_counters (scope, key, shard, family_id, since, counted)
      select w.scope, w.key, s, w.family_id, w.since, 1 where share > 0 on conflict do nothing;
    end if;
    if found then return s; end if;
  end loop;
  return null;
end $$;

-- Counts a message in all windows, or returns the position of the first that is full. Then the message counts as throttled there and
-- still in its sender's window; but not at all when it is throttled already.
create function take_permits(p_windows rate_window[], p_is_throttled boolean, out full_window int, out value int) language plpgsql set search_path = public, pg_temp as $$
declare shards int[]; w rate_window;
begin
  for n in 1 .. cardinality(p_windows) loop
    w := p_windows[n];
    if w.scope = 'sender' then
      shards[n] := 0;
      value := count_message(w, 0, 1, 0, 0);
    else
      shards[n] := take_permit(w);
      value := case when shards[n] is null then w.most + 1 end;
    end if;
    if value > w.most then
      full_window := n;
      for m in 1 .. n loop
        perform count_message(p_windows[m], shards[m], -1, 0, 0)
        where shards[m] is not null and (p_is_throttled or p_windows[m].scope <> 'sender');
      end loop;
      perform count_message(w, pg_backend_pid() % w.shards, 0, 1, 0) where not p_is_throttled;
      return;
    end if;
  end loop;
end $$;

-- A verified message as the app hands it over. reason: the keyword or command, or why there is nothing to process. answer: the text is yes or no.
-- joins_again: the text opts in again who is opted out. same_texts: how often in two minutes its sender may send the same text and nothing else.
-- phone: as canonical_number makes it; a business-scoped id where there is no number. external_user_id: that id beside a number.
-- family_id: what a sender in several families has chosen by this message. answer_within: how long a question of ours counts as open.
-- said: a short text without politeness.
create type received_message as (
  message_sid text, from_address text, phone text, to_address text, body text, num_media int, form jsonb, size_bytes int,
  idempotency_token text, request_id text, traceparent text, phase text, reason text, source text, received_at timestamptz, answer text, external_user_id text,
  joins_again boolean, same_texts int, family_id uuid, answer_within interval, said text);

-- The family that a message of a person in several is for; null when they have to be asked. The first that applies: the family of the quoted message; the one
-- whose name the text begins with, or is (rest: the text after it); the one whose question or reminder it answers; the one that was chosen last.
create function choose_family(p_message received_message, p_user uuid, p_arrived timestamptz, out family_id uuid, out rest text)
language plpgsql stable set search_path = public, pg_temp as $$
declare
  quoted constant text := p_message.form ->> 'OriginalRepliedMessageSid';
  is_waiting constant boolean := exists (select from unmatched_messages u where u.waiting_for = p_user);
  chosen family_members;
begin
  select m.family_id into family_id from family_members m
  where m.user_id = p_user and quoted is not null and (
    exists (select from outbound_messages o where o.provider_sid = quoted and o.family_id = m.family_id)
    or exists (select from inbound_messages i where i.message_sid = quoted and i.family_id = m.family_id)) limit 1;
  if family_id is not null then return; end if;

  select f.family_id, btrim(substr(p_message.body, e.n + 1)) into family_id, rest
  from families_of(p_user) f, generate_series(1, least(length(p_message.body), 250) + 1) e (n)
  where case
    when substr(p_message.body, e.n, 1) in (':', ',', '：', '，') then folded(left(p_message.body, e.n - 1)) = any (f.words)
    when e.n > length(p_message.body) then is_waiting and p_message.said = f.n::text
      -- A family may be called "Done".
      or array[folded(p_message.body), p_message.said] && f.words
        and (is_waiting or p_message.answer is null and coalesce(p_message.reason, '') not like 'command%') end
  order by e.n desc limit 1;
  if family_id is not null then return; end if;

  select * into chosen from family_members m where m.user_id = p_user order by m.chosen_at desc nulls last limit 1;
  select coalesce((
    select t.family_id
    from family_members m, lateral (
      select c.family_id, c.asked_at as at from clarifications c
      where c.family_id = m.family_id and c.user_id = m.user_id and c.answered_by is null and c.asked_at > p_arrived - p_message.answer_within
      union all
      select c.family_id, c.at from chat_turns c
      where c.family_id = m.family_id and c.user_id = m.user_id and c.at > p_arrived - interval '7 days'
        and (p_message.answer is not null or p_message.reason ~ '^(reaction|command_(done|undo|more|delete|snooze|assign))$')) t
    where m.user_id = p_user and t.at between coalesce(chosen.chosen_at, '-infinity') and p_arrived
    order by t.at desc limit 1), case when chosen.chosen_at is not null then chosen.family_id end)
  into family_id;
end $$;

-- Whether it is clear for which family a person's messages are: they are in one only, or have chosen one.
create function family_is_clear(p_user uuid) returns boolean language sql stable set search_path = public, pg_temp as $$
  select count(*) = 1 or max(m.chosen_at) is not null from family_members m where m.user_id = p_user $$;

-- Stores a message whose sender is in no family, or p_waiting, who has to say for which: up to ten times the sender's limit in a minute, and of senders in no
-- family the strangers' limit in a day.
-- An invited sender's yes or no takes effect above the limit too. Other messages of that sender get the question again, once a day.
create function store_unmatched(
  p_message received_message, p_arrived timestamptz, p_limits rate_limits, p_waiting uuid, out outcome text, out full_scope text, out invitation jsonb)
language plpgsql set search_path = public, pg_temp as $$
declare
  invited invitations;
  said text;
  strangers constant rate_window := day_window('strangers', '', null, p_limits.strangers_per_day);
begin
  if p_message.source = 'webhook' and 10 * p_limits.per_minute <= (
    select count(*)
    from (
      select from unmatched_messages u
      where u.from_address = p_message.from_address and u.received_at >= date_trunc('minute', now(), 'UTC') limit 10 * p_limits.per_minute) recent)
  then
    outcome := 'dropped';
    full_scope := 'sender';
    return;
  end if;

  select * into invited from invitations i where i.phone_e164 = p_message.phone and p_waiting is null
  order by i.asked_at desc nulls last, i.created_at desc limit 1 for update;
  said := case when invited.asked_at <= p_arrived then p_message.answer end;
  if (case when said is null and p_waiting is null then take_permit(strangers) is null end) then
    outcome := 'dropped';
    full_scope := 'strangers';
    return;
  end if;

  insert into unmatched_messages (message_sid, from_address, to_address, raw_payload, answered, invited, waiting_for, source, received_at)
  -- A short code or a name is a machine, which an answer does not reach.
  select p_message.message_sid, p_message.from_address, p_message.to_address, p_message.form,
    said is null and p_message.from_address ~ '^([a-z]+:|\+[0-9]{7})', invited.user_id is not null, p_waiting, p_message.source, p_arrived
  on conflict do nothing
  returning case when answered then 'unmatched' else 'unmatched_again' end into outcome;
  if outcome is null then
    -- The try that stored it was given up, so nobody has asked yet.
    outcome := case when p_waiting is not null and p_message.source = 'fallback' then 'asked' else 'duplicate' end;
    perform count_message(strangers, 0, -1, 0, 0) where said is null and p_waiting is null;
    return;
  end if;

  if p_waiting is not null then
    outcome := case outcome when 'unmatched' then 'asked' else 'waits' end;
  elsif said = 'yes' then
    outcome := case when accept_invitation(invited.family_id, invited.user_id) is not null then 'joined' else outcome end;
  elsif said = 'no' then
    delete from invitations i where i.family_id = invited.family_id and i.user_id = invited.user_id;
    insert into invitation_pauses as p (number_hash, ends_at) values (number_hash(invited.phone_e164), now() + interval '30 days')
    on conflict (number_hash) do update set ends_at = excluded.ends_at;
    outcome := 'declined';
  elsif p_message.reason = 'keyword_stop' then
    delete from invitations i where i.phone_e164 = p_message.phone;
  elsif invited.user_id is not null and outcome = 'unmatched' then
    update invitations i set asked_at = now() where i.family_id = invited.family_id and i.user_id = invited.user_id;
    outcome := 'invited';
  end if;
  select jsonb_build_object('locale', f.locale, 'family', f.name, 'by', m.display_name) into invitation
  from families f left join family_members m on m.family_id = f.id and m.user_id = invited.invited_by where f.id = invited.family_id;
end $$;

-- Whether a member's yes or no answers the invitation of another family: it is the first that they write after it, or the word yes itself, and no question
-- of their own family's was asked later.
create function answers_invitation(p_message received_message, p_user uuid, p_last_inbound_at timestamptz, p_arrived timestamptz) returns boolean
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return exists (
    select from invitations i
    where i.phone_e164 = p_message.phone and i.asked_at between p_arrived - interval '7 days' and p_arrived
      and (p_message.joins_again or coalesce(p_last_inbound_at < i.asked_at, true)) and p_message.form ->> 'OriginalRepliedMessageSid' is null
      and not exists (
        select from family_members m join clarifications c on c.family_id = m.family_id and c.user_id = m.user_id and c.answered_by is null
        where m.user_id = p_user and c.asked_at between greatest(i.asked_at, p_arrived - p_message.answer_within) and p_arrived));
end $$;

-- Stores a message: event, message and job in one transaction and one round trip.
-- outcome: accepted | duplicate | unmatched | unmatched_again (this sender was answered within a day) | throttled (stored, processed later)
--        | invited (asked whether to join the family of invitation) | joined | declined
--        | chosen (nothing is stored: the message begins with a name, is for family_id, and says what choice has without it)
--        | asked (for which family of choice it is, and waits) | waits
--        | dropped (only counted: ten times the limit is stored already, or the strangers' limit).
-- reason, limit_value, value: the limit that was exceeded. retry_after: seconds until its window ends. first: whether an alert was added.
-- Keywords count for their sender only, with ten times the limit; STOP and START always take effect. Members' messages from other
-- sources than the webhook are never dropped.
create function accept_message(
  p_message received_message, p_limits rate_limits,
  out outcome text, out family_id uuid, out reason text, out limit_value int, out value int, out retry_after int, out first boolean, out invitation jsonb,
  out choice jsonb)
language plpgsql set search_path = public, pg_temp as $$
declare
  sender record;
  event_id uuid;
  job_id uuid;
  windows rate_window[];
  full_window int;
  full_scope text;
  exceeded rate_window;
  arrived constant timestamptz := least(coalesce(p_message.received_at, now()), now());
  is_keyword boolean := coalesce(p_message.reason like 'keyword%', false);
  repeats record;
  asks boolean := false;
begin
  select m.family_id, m.user_id, m.last_inbound_at, m.opted_out_at, u.invited, u.waiting_for is not null as waited, count(*) over () as families
  into sender
  from members_at(p_message.phone) m left join unmatched_messages u on u.provider = 'twilio' and u.message_sid = p_message.message_sid
  order by m.family_id is distinct from p_message.family_id, m.created_at, m.family_id limit 1;
  if sender.invited then outcome := 'duplicate'; return; end if;
  family_id := sender.family_id;
  if p_message.joins_again and p_message.reason is null and sender.opted_out_at is not null then
    p_message.reason := 'keyword_start';
    is_keyword := true;
  end if;
  if is_keyword or p_message.family_id is not null then
    -- Of no family in particular, or decided.
  elsif (case when p_message.answer is not null then answers_invitation(p_message, sender.user_id, sender.last_inbound_at, arrived) end) then
    family_id := null;
  elsif sender.families > 1 then
    if exists (select from webhook_events e where e.message_sid = p_message.message_sid) then
      delete from unmatched_messages u where sender.waited and u.provider = 'twilio' and u.message_sid = p_message.message_sid;
      outcome := 'duplicate';
      return;
    end if;
    select c.family_id, jsonb_build_object('text', c.rest) into family_id, choice from choose_family(p_message, sender.user_id, arrived) c;
    if choice ->> 'text' is not null then outcome := 'chosen'; return; end if;
    -- Who has said STOP gets no question.
    asks := family_id is null and coalesce(p_message.reason, '') not in ('automatic', 'reaction') and sender.opted_out_at is null;
    family_id := coalesce(family_id, case when not asks then sender.family_id end);
    sender.family_id := family_id;
  end if;
  windows := rate_windows(sender.family_id, sender.user_id, p_limits);
  if family_id is null then
    select s.outcome, s.full_scope, s.invitation into outcome, full_scope, invitation
    from store_unmatched(p_message, arrived, p_limits, case when asks then sender.user_id end) s;
    -- WhatsApp's window is open again.
    update family_members m set last_inbound_at = arrived where m.user_id = sender.user_id and coalesce(m.last_inbound_at < arrived - interval '1 minute', true);
    if asks then
      select jsonb_build_object('text', string_agg(f.n || ' ' || f.name, ', ' order by f.n), 'locale', (array_agg(o.locale order by f.n))[1]) into choice
      from families_of(sender.user_id) f join families o on o.id = f.family_id;
    end if;
    if outcome = 'dropped' then
      windows := array[windows[1], day_window('strangers', '', null, p_limits.strangers_per_day)];
      full_window := case full_scope when 'sender' then 1 else 2 end;
      value := case full_window when 2 then p_limits.strangers_per_day end;
      perform count_message(windows[2], 0, 0, 0, 1);
    end if;
  else
    if is_keyword then windows := windows[1:1]; windows[1].most := 10 * p_limits.per_minute; end if;
    if p_message.source = 'webhook' then
      select w.ordinality into full_window
      from unnest(windows) with ordinality w
      where case w.scope when 'sender' then 10 * p_limits.per_minute else 9 * w.most end <= (
        select sum(case w.scope when 'sender' then c.counted else c.throttled end)
        from rate_counters c where c.scope = w.scope and c.key = w.key and c.since = w.since)
      order by w.ordinality limit 1;
      if found and not exists (select from webhook_events e where e.message_sid = p_message.message_sid) then
        outcome := 'dropped';
      end if;
    end if;

    if outcome is null then
      -- A machine says the same in quick succession, or very often and nothing else; a person asks the same in quick succession too. The first
      -- that gets no other answer is told so. An out-of-office note is answered once.
      if p_message.num_media = 0 and (p_message.reason = 'automatic' or (p_message.reason is null and p_message.body <> '' and p_message.body = (
        select s.body from inbound_messages s
        where s.family_id = sender.family_id and s.user_id = sender.user_id and s.message_sid <> p_message.message_sid
        order by s.created_at desc limit 1))) then
        select count(*) filter (where l.same) as times, bool_or(l.same and l.classification in ('repeating', 'repeated')) as told,
          count(*) filter (where l.same and l.created_at > arrived - interval '2 minutes') as quickly, bool_or(l.classification = 'automatic') as automatic into repeats
        from (
          -- Whether the sender has said nothing else since.
          select bool_and(i.body = p_message.body) over (order by i.created_at desc, i.message_sid) as same, i.classification, i.created_at
          from (
            select * from inbound_messages s
            where s.family_id = sender.family_id and s.user_id = sender.user_id and s.message_sid <> p_message.message_sid and s.created_at > arrived - interval '1 day'
            order by s.created_at desc limit 50) i) l;
        if (p_message.reason = 'automatic' and repeats.automatic) or repeats.times >= 5 * p_message.same_texts
          or (repeats.quickly >= p_message.same_texts and p_message.body !~ '[?？؟]')
        then
          p_message.reason := case when p_message.reason = 'automatic' or repeats.told then 'repeated' else 'repeating' end;
          p_message.phase := 'finalize';
        end if;
      end if;
      insert into webhook_events
        (message_sid, family_id, raw_payload, size_bytes, idempotency_token, request_id, traceparent, trace_id, source, received_at)
      values (p_message.message_sid, family_id, p_message.form, p_message.size_bytes, p_message.idempotency_token, p_message.request_id,
              p_message.traceparent, split_part(p_message.traceparent, '-', 2), p_message.source, arrived)
      on conflict (message_sid) do nothing
      returning id into event_id;
      if event_id is null then outcome := 'duplicate'; return; end if;

      insert into inbound_messages
        (provider, message_sid, family_id, user_id, from_phone, from_address, to_address, body, num_media, classification, raw_payload, created_at)
      values ('twilio', p_message.message_sid, family_id, sender.user_id, p_message.phone, p_message.from_address, p_message.to_address,
              p_message.body, p_message.num_media, coalesce(p_message.reason, 'ordinary'),
              case when p_message.num_media > 0 or p_message.form ?| array['Forwarded', 'OriginalRepliedMessageSid', 'OptOutType'] then (
                select jsonb_object_agg(f.key, f.value) from jsonb_each(p_message.form) f where f.key like 'Media%' or f.key in ('Forwarded', 'OriginalRepliedMessageSid', 'OptOutType')) end,
              arrived);

      -- Once a minute is enough for WhatsApp's 24-hour window and avoids contention on a busy sender's row.
      if sender.last_inbound_at is null or sender.last_inbound_at < arrived - interval '1 minute' then
        update family_members m set last_inbound_at = arrived where m.user_id = sender.user_id;
      end if;
      if p_message.family_id is not null then
        update family_members m set chosen_at = greatest(m.chosen_at, arrived) where m.family_id = sender.family_id and m.user_id = sender.user_id;
      end if;
      if sender.waited then
        delete from unmatched_messages u where u.provider = 'twilio' and u.message_sid = p_message.message_sid;
      end if;
    end if;

    if p_message.external_user_id is not null then
      perform link_external_id(sender.family_id, sender.user_id, p_message.external_user_id);
    end if;

    -- A STOP or START that arrives late does not override a newer one.
    if is_keyword and p_message.reason <> 'keyword_help' then
      update family_members m set opted_out_at = case p_message.reason when 'keyword_stop' then arrived end
      where m.user_id = sender.user_id and not exists (
        select from inbound_messages i
        where i.family_id in (select o.family_id from family_members o where o.user_id = sender.user_id) and i.user_id = sender.user_id and i.created_at > arrived
          and i.classification in ('keyword_stop', 'keyword_start'));
    end if;

    if outcome = 'dropped' then
      exceeded := windows[full_window];
      value := count_message(exceeded, pg_backend_pid() % exceeded.shards, (exceeded.scope = 'sender')::int, 0, 1);
    else
      select p.full_window, p.value into full_window, value from take_permits(windows, false) p;
      outcome := case when full_window is null then 'accepted' else 'throttled' end;
    end if;
  end if;

  if full_window is not null then
    exceeded := windows[full_window];
    reason := 'rate_' || exceeded.scope;
    limit_value := case exceeded.scope when 'sender' then p_limits.per_minute else exceeded.most end;
    value := coalesce(value, 10 * p_limits.per_minute);
    retry_after := ceil(extract(epoch from exceeded.ends - now()));
    if family_id is not null or full_window = 2 then
      insert into limit_alerts (limit_name, family_id, since, limit_value, value)
      values (reason, exceeded.family_id, exceeded.since, accept_message.limit_value, accept_message.value)
      on conflict do nothing;
      first := found;
    end if;
  end if;

  if outcome = 'throttled' then
    insert into limit_notifications (family_id, user_id, kind, since, message_sid)
    values (sender.family_id, sender.user_id, 'throttled', exceeded.since, p_message.message_sid) on conflict do nothing;
  end if;
  if event_id is not null then
    -- Due a minute into the next window, so that the window's first permits go to new messages.
    insert into processing_jobs (webhook_event_id, message_sid, family_id, current_phase, status, status_reason, resume_at, received_at)
    values (event_id, p_message.message_sid, family_id, p_message.phase, case outcome when 'accepted' then 'received' else 'throttled' end,
            coalesce(reason, p_message.reason), exceeded.ends + interval '1 minute', arrived)
    returning id into job_id;
    if outcome = 'throttled' then
      insert into job_transitions (job_id, generation, from_status, to_status, reason)
      values (job_id, 0, 'received', 'throttled', accept_message.reason);
    end if;
  end if;
end $$;

-- Counts a member that the current member's family adds; FP009 above the limit of a day.
create function limit_additions(p_most int) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if take_permit(day_window('additions', my_family()::text, my_family(), p_most)) is null then
    raise exception 'too many additions' using errcode = 'FP009';
  end if;
end $$;

-- Before an invitation is sent for the first time: FP009 when it is gone, when its number got or declined one lately, from whichever family, or when a limit
-- of the day is reached.
create function limit_invitations(p_family uuid, p_user uuid, p_pause interval, p_per_member int, p_per_family int, p_per_day int) returns void
language plpgsql set search_path = public, pg_temp as $$
declare invited invitations;
begin
  select * into invited from invitations i where i.family_id = p_family and i.user_id = p_user for update;
  if invited.texted_at is not null then return; end if;
  update invitations i set texted_at = now(), asked_at = now() where i.family_id = p_family and i.user_id = p_user;
  insert into invitation_pauses as p (number_hash, ends_at)
  select number_hash(invited.phone_e164), now() + p_pause where invited.user_id is not null
  on conflict (number_hash) do update set ends_at = excluded.ends_at where p.ends_at <= now();
  if not found or (
    select t.full_window is not null
    from take_permits(array[
      day_window('invite_member', coalesce(invited.invited_by::text, ''), p_family, p_per_member),
      day_window('invite_family', p_family::text, p_family, p_per_family), day_window('invite_all', '', null, p_per_day)], false) t)
  then
    raise exception 'the invitation is not sent' using errcode = 'FP009';
  end if;
end $$;

-- Counts consecutive failed messages of a sender. A message that is done or rejected, also after a replay, resets the count.
create function count_sender_failure(p_message_sid text, p_failed boolean) returns void language plpgsql set search_path = public, pg_temp as $$
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

grant execute on function limit_additions to authenticated;
