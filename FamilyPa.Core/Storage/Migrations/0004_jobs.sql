create table processing_jobs (
  id uuid primary key default gen_random_uuid(),
  webhook_event_id uuid not null references webhook_events (id),
  message_sid text not null unique,
  family_id uuid not null references families (id),
  status text not null default 'received' check (status in (
    'received', 'downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'done', 'rejected', 'failed')),
  status_reason text check (status_reason in (
    'keyword_stop', 'keyword_start', 'keyword_help', 'empty_message', 'unsupported_media', 'retries_exhausted')),
  current_phase text not null check (current_phase in ('download', 'transcribe', 'extract', 'finalize')),
  generation int not null default 0,
  -- What the extract phase understood: stored before finalize is asked to act on it.
  extraction jsonb,
  error_code text,
  error_message text,
  error_stack text,
  retry_count int not null default 0,
  lease_token uuid,
  leased_until timestamptz,
  resume_at timestamptz,
  -- When the current phase was last asked for on its queue (or should have been), and how often by the sweeper.
  queued_at timestamptz not null default now(),
  sweeps int not null default 0,
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index processing_jobs_family on processing_jobs (family_id, created_at);
create index processing_jobs_unfinished on processing_jobs (queued_at) where status not in ('done', 'rejected', 'failed');

-- The state machine, in one place. A job moves on, steps aside (deferred), or ends; only a new generation
-- (a replay that an operator asked for) may take a finished job back to a phase.
create function enforce_job_transition() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  if new.status = old.status
    or (new.generation > old.generation and new.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing'))
    or new.status = any (case old.status
      when 'received' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'failed']
      when 'throttled' then array['received', 'failed']
      when 'downloading' then array['transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'transcribing' then array['extracting', 'finalizing', 'deferred', 'failed']
      when 'extracting' then array['finalizing', 'deferred', 'failed']
      when 'finalizing' then array['done', 'rejected', 'deferred', 'failed']
      when 'deferred' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'failed']
      when 'failed' then array['downloading', 'transcribing', 'extracting', 'finalizing']
    end)
  then
    return new;
  end if;
  raise exception 'job %: % may not become %', old.message_sid, old.status, new.status using errcode = 'check_violation';
end $$;

create trigger processing_jobs_transition before update on processing_jobs
  for each row execute function enforce_job_transition();

create table job_attempts (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references processing_jobs (id),
  attempt_number int not null,
  generation int not null,
  phase text not null,
  -- running until it ends; abandoned when the process died and the next claim found it still running.
  outcome text not null default 'running' check (outcome in ('running', 'succeeded', 'failed', 'handed_back', 'abandoned')),
  error_code text,
  error_message text,
  error_stack text,
  logs_url text,
  latency_ms int,
  created_at timestamptz not null default now(),
  unique (job_id, attempt_number)
);

select migration.protect('processing_jobs'), migration.protect('job_attempts');
