-- Counted per minute, sender address and guard, never with anything that the caller sent.
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
  cause text not null,
  created_at timestamptz not null default now(),
  unique (queue, queue_message_id)
);
create index poison_messages_sid on poison_messages (message_sid);

create table audit_log (
  id uuid primary key default gen_random_uuid(),
  actor text not null,
  action text not null,
  message_sid text,
  family_id uuid,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now()
);
create index audit_log_sid on audit_log (message_sid);

select migration.protect('verification_failures'),
       migration.protect('poison_messages', 'select, insert'),
       migration.protect('audit_log', 'select, insert');
