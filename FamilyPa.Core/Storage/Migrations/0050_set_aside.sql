-- Jobs that have to wait: throttled when they came, or deferred later. Why stands in status_reason, so what stood there is kept meanwhile.

alter table processing_jobs
  -- A keyword or a rejection that was decided before the job was set aside (or failed); it comes back when the job is claimed.
  add column held_reason text,
  -- When a deferred job was last asked for on its queue.
  add column dispatched_at timestamptz;

-- The backlog in its order, by what it needs, and that of a family: an outage leaves thousands, and each job that ends asks for the next.
create index processing_jobs_deferred_dear on processing_jobs (received_at, message_sid)
  where status = 'deferred' and current_phase in ('transcribe', 'extract');
create index processing_jobs_deferred_cheap on processing_jobs (received_at, message_sid)
  where status = 'deferred' and current_phase in ('download', 'finalize');
create index processing_jobs_deferred_family on processing_jobs (family_id, received_at) where status = 'deferred';
create index processing_jobs_throttled on processing_jobs (received_at, message_sid) where status = 'throttled';

alter table job_attempts drop constraint job_attempts_outcome_check;
-- deferred: it was no fault of the message's, and costs no try.
alter table job_attempts add constraint job_attempts_outcome_check
  check (outcome in ('running', 'succeeded', 'failed', 'handed_back', 'abandoned', 'deferred'));

-- As before. A throttled job goes on where it was to begin, also by hand; what was set aside too long fails.
create or replace function enforce_job_transition() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  if new.status = old.status
    or (new.generation > old.generation and new.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing'))
    or new.status = any (case old.status
      when 'received' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'failed']
      when 'throttled' then array['received', 'downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'downloading' then array['transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'transcribing' then array['downloading', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'extracting' then array['finalizing', 'deferred', 'failed']
      when 'finalizing' then array['extracting', 'done', 'rejected', 'deferred', 'failed']
      when 'deferred' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'failed']
      when 'failed' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred']
    end)
  then
    return new;
  end if;
  raise exception 'job %: % may not become %', old.message_sid, old.status, new.status using errcode = 'check_violation';
end $$;

-- Whether a reason says only why a job waits or was given up, and not what is to be done with it.
create function is_passing_reason(reason text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select reason in ('rate_sender', 'rate_hour', 'rate_day', 'budget_family', 'budget_global', 'no_slot', 'breaker_open', 'sender_paused', 'retries_exhausted')
$$;

revoke all on function is_passing_reason from public;
grant execute on function is_passing_reason to service_role;

-- Wherever a job is set aside or fails, what it was to be is kept; wherever it goes on, that comes back.
create function keep_job_reason() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if is_passing_reason(new.status_reason) then
    new.held_reason := case when is_passing_reason(old.status_reason) then old.held_reason else old.status_reason end;
  elsif new.status_reason is null and is_passing_reason(old.status_reason) and new.generation = old.generation then
    new.status_reason := old.held_reason;
    new.held_reason := null;
  else
    new.held_reason := null;
  end if;
  return new;
end $$;

revoke all on function keep_job_reason from public;

create trigger processing_jobs_reason_kept before update on processing_jobs
  for each row when (old.status_reason is distinct from new.status_reason) execute function keep_job_reason();

-- What the sender has to be told of a limit: once for each of its windows, however many messages it held back.
create table limit_notices (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  kind text not null check (kind in ('throttled', 'deferred')),
  -- When the window began (the family's day, for a budget).
  since timestamptz not null,
  -- The message that it is said in answer to.
  message_sid text not null,
  told_at timestamptz,
  primary key (family_id, user_id, kind, since)
);
create index limit_notices_untold on limit_notices (since) where told_at is null;

-- One line each time a limit first acts in its window or a budget is used up to a mark: what alerts and operators look at.
create table limit_alerts (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  limit_name text not null,
  family_id uuid references families (id) on delete cascade,
  since timestamptz not null,
  -- 80 or 100 of a budget; 100 of everything else.
  percent int not null default 100,
  limit_value numeric not null,
  value numeric not null,
  unique nulls not distinct (limit_name, family_id, since, percent)
);
create index limit_alerts_at on limit_alerts (at);
create index limit_alerts_family on limit_alerts (family_id);

select migration.protect('limit_notices'), migration.protect('limit_alerts');
