-- A foreign key instead of a CHECK: PostgreSQL prepares a CHECK again in each statement, and this list took a tenth of ingestion's time.
create table status_reasons (reason text primary key);
insert into status_reasons (reason) values
  ('keyword_stop'), ('keyword_start'), ('keyword_help'),
  ('command_list'), ('command_clear'), ('command_more'), ('command_done'), ('command_undo'), ('command_board'), ('command_help'),
  ('command_delete'), ('command_snooze'), ('command_assign'), ('command_mute'), ('command_unmute'), ('command_digest'), ('command_family'),
  ('empty_message'), ('unsupported_image'), ('image_too_large'), ('too_many_images'), ('unsupported_video'), ('unsupported_document'), ('unsupported_location'), ('unsupported_contact'),
  ('unsupported_audio'), ('unsupported_media'), ('unsupported_message'), ('media_too_large'), ('audio_too_long'), ('audio_too_short'),
  ('reaction'), ('repeating'), ('repeated'), ('automatic'), ('media_empty'), ('media_unreadable'),
  ('media_unavailable'), ('media_forbidden'), ('no_speech'), ('model_refused'), ('not_understood'),
  ('rate_sender'), ('rate_family_hour'), ('rate_family_day'), ('rate_hour'), ('rate_day'), ('budget_family'), ('budget_global'),
  ('no_slot'), ('breaker_open'), ('sender_paused'), ('waits_for_earlier'), ('retries_exhausted'), ('not_retryable');

create table processing_jobs (
  id uuid primary key default gen_random_uuid(),
  webhook_event_id uuid not null references webhook_events (id) on delete cascade,
  message_sid text not null unique,
  family_id uuid not null references families (id) on delete cascade,
  status text not null default 'received' check (status in (
    'received', 'downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'done', 'rejected', 'failed')),
  status_reason text references status_reasons, -- Why the job waits or failed; otherwise as reason_of says.
  rejection text references status_reasons, -- Why a phase found that there is nothing to process.
  current_phase text not null check (current_phase in ('download', 'transcribe', 'extract', 'finalize')),
  generation int not null default 0,
  extraction jsonb, -- The extract phase's result: stored before finalize is queued.
  error_code text,
  error_message text,
  error_stack text,
  retry_count int not null default 0,
  lease_token uuid,
  leased_until timestamptz,
  resume_at timestamptz,
  dispatched_at timestamptz, -- When a deferred job was last put on its queue.
  -- The job was deferred for no_slot, breaker_open or waits_for_earlier, and later messages of its family wait for it in finalize.
  keeps_position boolean not null default false,
  -- When the current phase was last put on its queue (or should have been), and how often the sweeper did so.
  queued_at timestamptz not null default now(),
  sweeps int not null default 0,
  received_at timestamptz not null default now(), -- The event's received_at, for indexes on time.
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index processing_jobs_event on processing_jobs (webhook_event_id);
create index processing_jobs_unfinished on processing_jobs (queued_at) where status not in ('done', 'rejected', 'failed');
create index processing_jobs_received on processing_jobs (received_at, message_sid);
create index processing_jobs_family on processing_jobs (family_id, received_at, message_sid);
create index processing_jobs_status on processing_jobs (status, received_at, message_sid);
create index processing_jobs_reason on processing_jobs (status_reason, received_at, message_sid) where status_reason is not null;
create index processing_jobs_error on processing_jobs (error_code, received_at, message_sid) where error_code is not null;
create index processing_jobs_deferred_dear on processing_jobs (received_at, message_sid) where status = 'deferred' and current_phase in ('transcribe', 'extract');
create index processing_jobs_deferred_cheap on processing_jobs (received_at, message_sid) where status = 'deferred' and current_phase in ('download', 'finalize');
create index processing_jobs_deferred_family on processing_jobs (family_id, received_at) where status = 'deferred';
create index processing_jobs_positions on processing_jobs (family_id, received_at, message_sid) where keeps_position;
create index processing_jobs_turns on processing_jobs (family_id, received_at, message_sid) where status_reason = 'waits_for_earlier';

create table job_attempts (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references processing_jobs (id) on delete cascade,
  attempt_number int not null,
  generation int not null,
  phase text not null,
  -- abandoned: the process died, and the next claim found the attempt running. deferred: not the message's fault, so not counted.
  outcome text not null default 'running' check (outcome in ('running', 'succeeded', 'failed', 'handed_back', 'abandoned', 'deferred')),
  dependency text, -- The service that caused the failure.
  error_code text,
  error_message text,
  error_stack text,
  logs_url text,
  latency_ms int,
  created_at timestamptz not null default now(),
  unique (job_id, attempt_number)
);
create index job_attempts_created on job_attempts (created_at);

-- Every state after a job's first.
create table job_transitions (
  job_id uuid not null references processing_jobs (id) on delete cascade,
  id bigint not null generated always as identity,
  generation int not null,
  from_status text not null,
  to_status text not null,
  reason text,
  at timestamptz not null default clock_timestamp(),
  primary key (job_id, id)
);

select migration.protect('status_reasons', 'select'), migration.protect('processing_jobs'), migration.protect('job_attempts'),
  migration.protect('job_transitions', 'select, insert');

-- An action to perform after commit. send: queue that phase after delay_seconds. closed, opened: that phase's breaker changed, opened for
-- delay_seconds. deferred, failed, reserved: the attempt's result. alert: delay_seconds percent of a budget of code dollars are used.
create type post_commit_action as (
  kind text, message_sid text, phase text, generation int, delay_seconds double precision, reason text, code text);

-- The app's settings for jobs.
create type job_limits as (
  lease interval, max_attempts int, slots int, sender_failures int, sender_pause interval,
  -- How long a dispatched job keeps its slot before it may be dispatched again, and how many jobs are dispatched at once.
  dispatch_hold interval, dispatch_most int,
  breaker_failures int, breaker_open interval, breaker_open_most interval);

-- How an attempt failed. is_fault: the service caused it. answered: the service works. is_uncharged: the call certainly cost nothing.
-- wait_seconds: the service's Retry-After. is_final: another attempt would fail in the same way.
create type attempt_failure as (
  code text, message text, stack text, is_fault boolean, answered boolean, is_uncharged boolean, wait_seconds double precision, is_final boolean);

create function read_limits(p_json text) returns job_limits language plpgsql stable set search_path = public, pg_temp as $$
begin return jsonb_populate_record(null::job_limits, p_json::jsonb); end $$;

create function phase_status(phase text) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case phase when 'download' then 'downloading' when 'transcribe' then 'transcribing'
                    when 'extract' then 'extracting' when 'finalize' then 'finalizing' end;
end $$;

-- Why the job's message is answered but not processed (a rejection, keyword or command); null for an ordinary message.
create function reason_of(job processing_jobs) returns text language plpgsql stable set search_path = public, pg_temp as $$
begin return coalesce(job.rejection, (select nullif(m.classification, 'ordinary') from inbound_messages m where m.message_sid = job.message_sid)); end $$;

-- Locks the job until the transaction ends, or rejects the transaction (FP001) when another worker holds the lease.
create function hold_lease(p_job uuid, p_token uuid) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform from processing_jobs j where j.id = p_job and j.lease_token = p_token for update;
  if not found then raise exception 'the lease on job % is lost', p_job using errcode = 'FP001'; end if;
end $$;
