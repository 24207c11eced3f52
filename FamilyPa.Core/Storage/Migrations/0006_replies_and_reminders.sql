-- Outgoing messages of all kinds, each stored before it is sent. message_sid is the message that is answered; of other kinds it is
-- 'member:<id>', 'reminder:<task>:<due>:<member>', 'digest:<family>:<member>:<date>', 'assigned:<task>:<member>', 'completed:<task>:<member>' or 'code:<id>'. A sign-in code or link is not part of the stored body.
create table outbound_messages (
  id uuid primary key default gen_random_uuid(),
  family_id uuid references families (id) on delete cascade, -- Null for a text of no family.
  message_sid text not null,
  kind text not null check (kind in ('reply', 'failure', 'throttled', 'deferred', 'reminder', 'task_notice', 'digest', 'invitation', 'code', 'unknown_sender')),
  to_address text not null,
  from_address text not null,
  body text not null,
  -- sending: passed to Twilio, no response stored yet. uncertain: no response arrived, so it is not sent again.
  status text not null check (status in ('pending', 'sending', 'sent', 'uncertain', 'failed', 'suppressed')),
  sending_id uuid, -- The sender that took the row: after a lost commit response it can take the row again, and no other sender can.
  provider_sid text unique,
  error_code text,
  delivery_status text,
  delivery_rank int not null default 0,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  resent_at timestamptz, -- Set when the message was sent again because Twilio certainly did not have it. That happens once.
  told_by text, -- Of a reminder or notice that did not arrive: the message by whose reply its receiver was told.
  -- A reminder or notice that did not arrive. A column, because an index on what it is made of would be written with each delivery report.
  is_missed boolean not null generated always as (kind in ('reminder', 'task_notice') and (
    status = 'failed' or coalesce(delivery_status in ('failed', 'undelivered'), false)
    or status = 'suppressed' and coalesce(error_code in ('outside_window', 'channel_closed', 'no_number'), false))) stored,
  updated_at timestamptz not null default now(),
  unique (message_sid, kind)
);
create index outbound_messages_family on outbound_messages (family_id);
create index outbound_messages_unknown on outbound_messages (to_address) where family_id is null;
create index outbound_messages_created on outbound_messages (created_at);
create index outbound_messages_unsettled on outbound_messages (created_at) where status in ('sending', 'uncertain');
create index outbound_messages_missed on outbound_messages (family_id) where is_missed;
create index outbound_messages_reminders_waiting on outbound_messages (created_at) where kind in ('reminder', 'task_notice', 'digest') and status = 'pending';

-- Delivery reports that Twilio sent before the response with the message's SID was stored.
create table delivery_reports (
  provider_sid text primary key,
  status text not null,
  rank int not null,
  error_code text,
  received_at timestamptz not null default now()
);
create index delivery_reports_age on delivery_reports (received_at);

-- Addresses that a provider has closed to us (blocked, opted out at the carrier, no such line), until a message comes from there.
create table closed_channels (
  address text primary key,
  code text not null,
  closed_at timestamptz not null default now()
);

select migration.protect('outbound_messages'), migration.protect('delivery_reports'), migration.protect('closed_channels');

-- Notes that an address is closed, or that our number cannot send SMS, if that is what the code means.
create function close_channel(p_address text, p_code text, p_ours text default null) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  insert into closed_channels (address, code)
  select a.address, p_code from (select case p_code when 'twilio_21606' then p_ours else p_address end) a (address)
  -- Opted out at the carrier, no mobile number, region not permitted, not reachable from our number, no WhatsApp account, blocked by the user,
  -- has not joined the sandbox, outside WhatsApp's window. 21606: our own number.
  where a.address is not null and p_code in (
    'twilio_21606', 'twilio_21610', 'twilio_21614', 'twilio_21211', 'twilio_21408', 'twilio_21612', 'twilio_30004', 'twilio_30005', 'twilio_30006',
    'twilio_63003', 'twilio_63014', 'twilio_63015', 'twilio_63016', 'twilio_63024', 'twilio_63032')
  on conflict (address) do update set code = excluded.code, closed_at = now();
end $$;

create function is_closed(p_address text) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
begin
  return exists (
    select from closed_channels c where c.address = p_address
      and not exists (select from inbound_messages i where i.from_phone = canonical_number(c.address) and i.from_address = c.address and i.created_at > c.closed_at));
end $$;

-- Keeps the furthest status that was ever told of a message. A report may come before the response with the message's SID is stored.
create function store_delivery_report(p_sid text, p_status text, p_rank int, p_code text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  -- apply_early_delivery_report takes the same lock, so the later of both sees the other's row.
  perform pg_advisory_xact_lock(hashtextextended(p_sid, 0));
  update outbound_messages o
  set delivery_status = p_status, delivery_rank = p_rank, error_code = coalesce(p_code, o.error_code), updated_at = now()
  where o.provider_sid = p_sid and o.delivery_rank < p_rank;
  if not found and not exists (select from outbound_messages o where o.provider_sid = p_sid) then
    -- Reports about messages that another system sent from our number are never used.
    delete from delivery_reports r where r.received_at < now() - interval '1 day';
    insert into delivery_reports as r (provider_sid, status, rank, error_code) values (p_sid, p_status, p_rank, p_code)
    on conflict (provider_sid) do update set status = excluded.status, rank = excluded.rank, error_code = coalesce(excluded.error_code, r.error_code)
    where r.rank < excluded.rank;
  end if;
  if p_code is not null then
    perform close_channel(o.to_address, p_code, o.from_address) from outbound_messages o where o.provider_sid = p_sid;
  end if;
end $$;

create function apply_early_delivery_report() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare early delivery_reports;
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
create function zone_or_utc(p_zone text) returns text language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform now() at time zone p_zone;
  return p_zone;
exception
  when invalid_parameter_value then return 'UTC';
end $$;

-- The quiet hours span midnight when p_from is later than p_until; there are none when both are equal.
create function is_quiet(p_time time, p_from time, p_until time) returns boolean language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_from < p_until then p_time >= p_from and p_time < p_until
              when p_from > p_until then p_time >= p_from or p_time < p_until
              else false end $$;

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
  if wanted at time zone zone >= p_created then return wanted at time zone zone; end if;

  late := case when p_self_said then p_due else p_created end;
  if p_all_day or p_created > p_due or is_quiet((late at time zone zone)::time, p_quiet_from, p_quiet_until) then
    return null;
  end if;
  return late;
end $$;
grant execute on function zone_or_utc to authenticated;
