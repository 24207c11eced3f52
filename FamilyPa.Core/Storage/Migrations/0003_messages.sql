-- What Twilio sent, exactly as it came. raw_body holds the bytes of the form; raw_payload the same form as JSON
-- (U+0000, which jsonb cannot hold, replaced by U+FFFD).
create table webhook_events (
  id uuid primary key default gen_random_uuid(),
  provider text not null default 'twilio',
  message_sid text not null unique,
  family_id uuid not null references families (id),
  raw_payload jsonb not null,
  raw_body bytea not null,
  idempotency_token text,
  request_id text,
  received_at timestamptz not null default now()
);
create index webhook_events_family on webhook_events (family_id);
create index webhook_events_received on webhook_events (received_at);

create function refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is immutable: % refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create trigger webhook_events_immutable before update or delete on webhook_events
  for each row execute function refuse_change();
create trigger webhook_events_kept before truncate on webhook_events
  for each statement execute function refuse_change();

create table inbound_messages (
  provider text not null,
  message_sid text not null,
  family_id uuid not null references families (id),
  user_id uuid not null,
  from_phone text,
  from_address text not null,
  to_address text not null,
  body text not null,
  num_media int not null default 0,
  raw_payload jsonb,
  created_at timestamptz not null default now(),
  primary key (provider, message_sid)
);
create index inbound_messages_sid on inbound_messages (message_sid);

-- Verified, but the sender is in no family: kept, answered at most once a day, never processed.
create table unmatched_messages (
  provider text not null default 'twilio',
  message_sid text not null,
  from_address text not null,
  to_address text not null,
  raw_payload jsonb not null,
  raw_body bytea not null,
  answered boolean not null,
  received_at timestamptz not null default now(),
  primary key (provider, message_sid)
);
create index unmatched_messages_sender on unmatched_messages (from_address, received_at);

select migration.protect('webhook_events', 'select, insert'),
       migration.protect('inbound_messages'),
       migration.protect('unmatched_messages');
