create table tasks (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id),
  title text not null check (length(title) between 1 and 200),
  notes text,
  category text,
  assignee uuid,
  due_at timestamptz,
  -- No time of day was said: due_at is the last minute of that day in the family's time zone.
  due_all_day boolean not null default false,
  status text not null default 'open' check (status in ('open', 'in_progress', 'done', 'canceled')),
  needs_review boolean not null default false,
  confidence double precision check (confidence between 0 and 1),
  source_message_sid text,
  ordinal int,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (source_message_sid, ordinal),
  foreign key (family_id, assignee) references family_members (family_id, user_id) on delete set null (assignee)
);
create index tasks_family on tasks (family_id, status, due_at);

-- One row for each reply that is meant, written before it is sent: message_sid is the message answered.
create table outbound_messages (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id),
  message_sid text not null,
  kind text not null check (kind in ('reply', 'failure')),
  to_address text not null,
  from_address text not null,
  body text not null,
  -- sending: handed to Twilio, no answer recorded yet. uncertain: no answer ever came, so it is not sent again.
  status text not null check (status in ('pending', 'sending', 'sent', 'uncertain', 'failed', 'suppressed')),
  provider_sid text unique,
  error_code text,
  delivery_status text,
  delivery_rank int not null default 0,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (message_sid, kind)
);

-- The ledger: every call that cost money, also those whose answer was of no use.
create table ai_usage (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id),
  message_sid text not null,
  attempt_id uuid not null references job_attempts (id),
  phase text not null,
  deployment text not null,
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  cost_usd numeric(12, 6) not null default 0,
  created_at timestamptz not null default now()
);
create index ai_usage_message on ai_usage (message_sid);
create index ai_usage_family on ai_usage (family_id, created_at);

select migration.protect('tasks'), migration.protect('outbound_messages'), migration.protect('ai_usage', 'select, insert');
