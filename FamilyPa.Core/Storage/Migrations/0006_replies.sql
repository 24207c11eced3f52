-- Outgoing messages, each stored before it is sent. message_sid is the message that is answered, or reminder_key's result.
create table outbound_messages (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  message_sid text not null,
  kind text not null check (kind in ('reply', 'failure', 'throttled', 'deferred', 'reminder', 'invitation')),
  to_address text not null,
  from_address text not null,
  body text not null,
  -- sending: passed to Twilio, no response stored yet. uncertain: no response arrived, so it is not sent again.
  status text not null check (status in ('pending', 'sending', 'sent', 'uncertain', 'failed', 'suppressed')),
  -- The sender that took the row: after a lost commit response it can take the row again, and no other sender can.
  sending_id uuid,
  provider_sid text unique,
  error_code text,
  delivery_status text,
  delivery_rank int not null default 0,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  -- Set when the message was sent again because Twilio certainly did not have it. That happens once.
  resent_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (message_sid, kind)
);
create index outbound_messages_family on outbound_messages (family_id);
create index outbound_messages_created on outbound_messages (created_at);
create index outbound_messages_unsettled on outbound_messages (created_at) where status in ('sending', 'uncertain');
create index outbound_messages_reminders_waiting on outbound_messages (created_at) where kind = 'reminder' and status = 'pending';

-- Delivery reports that Twilio sent before the response with the message's SID was stored.
create table delivery_reports (
  provider_sid text primary key,
  status text not null,
  rank int not null,
  error_code text,
  received_at timestamptz not null default now()
);
create index delivery_reports_age on delivery_reports (received_at);

select migration.protect('outbound_messages'), migration.protect('delivery_reports');

-- Stores a delivery status unless a later one (by rank) is stored already.
create function report_delivery(p_provider_sid text, p_status text, p_rank int, p_error_code text) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  -- apply_early_delivery_report takes the same lock, so the later of both sees the other's row.
  perform pg_advisory_xact_lock(hashtextextended(p_provider_sid, 0));
  update outbound_messages
  set delivery_status = p_status, delivery_rank = p_rank, error_code = coalesce(p_error_code, error_code), updated_at = now()
  where provider_sid = p_provider_sid and delivery_rank < p_rank;
  if found or exists (select from outbound_messages where provider_sid = p_provider_sid) then
    return;
  end if;
  insert into delivery_reports as r (provider_sid, status, rank, error_code) values (p_provider_sid, p_status, p_rank, p_error_code)
  on conflict (provider_sid) do update set status = excluded.status, rank = excluded.rank, error_code = coalesce(excluded.error_code, r.error_code)
  where r.rank < excluded.rank;
  -- Reports about messages that another system sent from our number are never used.
  delete from delivery_reports where received_at < now() - interval '1 day';
end $$;

create function apply_early_delivery_report() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  early delivery_reports;
begin
  perform pg_advisory_xact_lock(hashtextextended(new.provider_sid, 0));
  delete from delivery_reports r where r.provider_sid = new.provider_sid returning * into early;
  if found and early.rank > new.delivery_rank then
    new.delivery_status := early.status;
    new.delivery_rank := early.rank;
    new.error_code := coalesce(early.error_code, new.error_code);
  end if;
  return new;
end $$;

create trigger outbound_messages_early_report before update on outbound_messages
  for each row when (new.provider_sid is not null and old.provider_sid is distinct from new.provider_sid) execute function apply_early_delivery_report();

-- Returns UTC for a time zone that this server does not know, as the app does.
create function zone_or_utc(p_zone text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform now() at time zone p_zone;
  return p_zone;
exception
  when invalid_parameter_value then return 'UTC';
end $$;

-- The quiet hours span midnight when p_from is later than p_until; there are none when both are equal.
create function is_quiet(p_time time, p_from time, p_until time) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_from < p_until then p_time >= p_from and p_time < p_until
              when p_from > p_until then p_time >= p_from or p_time < p_until
              else false end
$$;

-- When to remind of a task; null for never. An all-day task: at p_all_day_at of its day. Otherwise p_before the due time. A time in the
-- quiet hours moves to their end, or to p_before their start when their end would be too late. A task that was created after that time is
-- reminded of at once (when due, if the recipient just asked for it: p_self_said), but never if it is an all-day task.
create function reminder_at(
  p_due timestamptz, p_all_day boolean, p_created timestamptz, p_self_said boolean, p_zone text,
  p_before interval, p_all_day_at time, p_quiet_from time, p_quiet_until time) returns timestamptz
language plpgsql stable set search_path = public, pg_temp as $$
declare
  zone constant text := zone_or_utc(p_zone);
  wanted timestamp := case when p_all_day then (p_due at time zone zone)::date + p_all_day_at else (p_due - p_before) at time zone zone end;
  evening timestamp;
  morning timestamp;
  late timestamptz;
begin
  if is_quiet(wanted::time, p_quiet_from, p_quiet_until) then
    evening := wanted::date + p_quiet_from - case when p_quiet_from > wanted::time then interval '1 day' else interval '0' end;
    morning := wanted::date + p_quiet_until + case when p_quiet_until <= wanted::time then interval '1 day' else interval '0' end;
    wanted := case when morning at time zone zone < p_due then morning else evening - p_before end;
  end if;
  if wanted at time zone zone >= p_created then
    return wanted at time zone zone;
  end if;

  late := case when p_self_said then p_due else p_created end;
  if p_all_day or p_created > p_due or is_quiet((late at time zone zone)::time, p_quiet_from, p_quiet_until) then
    return null;
  end if;
  return late;
end $$;

-- The due time is part of the key, so a postponed task is reminded of again.
create function reminder_key(p_task uuid, p_due timestamptz) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select format('reminder:%s:%s', p_task, floor(extract(epoch from p_due))::bigint)
$$;

grant execute on function report_delivery, zone_or_utc, is_quiet, reminder_at, reminder_key to service_role;
