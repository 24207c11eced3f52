-- Replay of one message or many, and every state that a job was in.

-- The name of a job's status while a phase is at work (or is asked for).
create function phase_status(phase text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case phase when 'download' then 'downloading' when 'transcribe' then 'transcribing'
                    when 'extract' then 'extracting' when 'finalize' then 'finalizing' end
$$;

revoke all on function phase_status from public;
grant execute on function phase_status to service_role;

-- As before; the status comes from phase_status.
create or replace function claim_job(
  p_message_sid text, p_phase text, p_generation int, p_lease interval, p_max_attempts int,
  out outcome text, out job_id uuid, out generation int, out current_phase text, out wait_seconds double precision,
  out lease_token uuid, out attempt_id uuid, out attempt_number int)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  tries int;
begin
  select * into job from processing_jobs j where j.message_sid = p_message_sid for update;
  if not found then
    outcome := 'unknown';
    return;
  end if;
  job_id := job.id;
  generation := job.generation;
  current_phase := job.current_phase;
  if job.status in ('done', 'rejected') then
    outcome := 'finished';
  elsif p_generation < job.generation then
    outcome := 'superseded';
  elsif p_phase <> job.current_phase then
    outcome := 'elsewhere';
  elsif job.leased_until > clock_timestamp() then
    outcome := 'leased';
    wait_seconds := extract(epoch from job.leased_until - clock_timestamp());
  end if;
  if outcome is not null then
    return;
  end if;

  -- Still running although the lease is over: that process is dead.
  update job_attempts a set outcome = 'abandoned' where a.job_id = job.id and a.outcome = 'running';
  select count(*) into tries from job_attempts a
  where a.job_id = job.id and a.generation = job.generation and a.phase = p_phase and a.outcome in ('failed', 'abandoned');
  if tries >= p_max_attempts and job.status <> 'failed' then
    outcome := 'exhausted';
    return;
  end if;

  outcome := 'claimed';
  lease_token := gen_random_uuid();
  update processing_jobs j
  set status = phase_status(p_phase),
      status_reason = nullif(j.status_reason, 'retries_exhausted'),
      lease_token = claim_job.lease_token,
      leased_until = clock_timestamp() + p_lease,
      started_at = coalesce(j.started_at, now()),
      completed_at = null,
      resume_at = null
  where j.id = job.id;
  insert into job_attempts (job_id, attempt_number, generation, phase, logs_url)
  select job.id, coalesce(max(a.attempt_number), 0) + 1, job.generation, p_phase,
         format('traces | where customDimensions.event_id == "%s" and customDimensions.phase == "%s"', p_message_sid, p_phase)
  from job_attempts a where a.job_id = job.id
  returning job_attempts.id, job_attempts.attempt_number into attempt_id, attempt_number;
end $$;

-- The states that a job came to after its first, in order. It goes with its job.
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

select migration.protect('job_transitions', 'select, insert');

create function record_job_transition() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  insert into job_transitions (job_id, generation, from_status, to_status, reason)
  values (new.id, new.generation, old.status, new.status, new.status_reason);
  return null;
end $$;

revoke all on function record_job_transition from public;

create trigger processing_jobs_transition_recorded after update on processing_jobs
  for each row when (old.status <> new.status or old.generation <> new.generation) execute function record_job_transition();

-- Takes a finished, failed or stuck job back to a phase, as a new generation, and notes who asked for it.
-- A phase that is named is done anew, with those after it: what they left is cleared, and paid for again.
-- outcome: replayed | already_done (no phase was named) | in_progress (a worker is at it right now)
--        | taken_in (no family's when it came, and now it is: the caller has to take it in) | unknown_sender (still no family's)
--        | would_replay, would_take_in (on a dry run) | null (no such message).
create or replace function replay_job(
  p_message_sid text, p_webhook_event_id uuid, p_phase text, p_dry_run boolean, p_request_id text,
  out job_id uuid, out message_sid text, out status text, out generation int, out phase text, out outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
begin
  select * into job from processing_jobs j
  where (p_message_sid is null or j.message_sid = p_message_sid)
    and (p_webhook_event_id is null or j.webhook_event_id = p_webhook_event_id)
    and num_nonnulls(p_message_sid, p_webhook_event_id) > 0
  for update;
  if found then
    job_id := job.id;
    message_sid := job.message_sid;
    status := job.status;
    generation := job.generation;
    -- There is nothing to understand in a keyword, and it may never become a task.
    phase := case when job.status_reason like 'keyword%' then 'finalize' else coalesce(p_phase, job.current_phase) end;
    outcome := case
      when job.leased_until > clock_timestamp() then 'in_progress'
      when p_phase is null and job.status in ('done', 'rejected') then 'already_done'
      when p_dry_run then 'would_replay'
      else 'replayed' end;
  else
    select u.message_sid, 'unmatched', case
        when not exists (select from family_members m where m.phone_e164 = trim(regexp_replace(u.from_address, '^[^:]*:', ''))) then 'unknown_sender'
        when p_dry_run then 'would_take_in'
        else 'taken_in' end
    into message_sid, status, outcome
    from unmatched_messages u where u.message_sid = p_message_sid;
    if not found then
      return;
    end if;
  end if;

  if outcome = 'replayed' then
    if p_phase = 'download' then
      -- What we have is not fetched again: Twilio's copy is gone.
      delete from media_files f where f.message_sid = job.message_sid and f.blob_name is null;
    end if;
    if p_phase in ('download', 'transcribe') then
      update media_files f set reason = null where f.message_sid = job.message_sid and f.reason = 'unsupported_audio';
      delete from voice_transcriptions t where t.message_sid = job.message_sid;
    end if;
    update processing_jobs j
    set generation = j.generation + 1,
        status = phase_status(phase),
        current_phase = phase,
        -- A keyword stays what it is. A rejection stands unless the phase that gave it is done anew.
        status_reason = case when j.status_reason like 'keyword%' then j.status_reason
                             when p_phase is null or p_phase = 'finalize' then nullif(j.status_reason, 'retries_exhausted') end,
        extraction = case when p_phase in ('download', 'transcribe', 'extract') then null else j.extraction end,
        error_code = null, error_message = null, error_stack = null, completed_at = null, resume_at = null,
        lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
    where j.id = job.id
    returning j.status, j.generation into status, generation;
  end if;

  insert into audit_log (actor, action, message_sid, family_id, details, request_id)
  values ('operator', case when p_dry_run then 'replay_preview' else 'replay' end, message_sid, job.family_id,
          jsonb_build_object('from_phase', p_phase, 'outcome', outcome, 'generation', generation), p_request_id);
end $$;
