-- Leases a job to one worker for one phase and opens its attempt.
-- outcome: claimed | unknown | finished | superseded (an older generation) | elsewhere (the job is at current_phase)
--        | leased (for wait_seconds more) | exhausted (too many tries of this phase died or failed in this generation).
create function claim_job(
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
  set status = case p_phase when 'download' then 'downloading' when 'transcribe' then 'transcribing'
                            when 'extract' then 'extracting' else 'finalizing' end,
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

revoke all on function claim_job from public;
grant execute on function claim_job to service_role;

-- Fences what a worker writes: locks the job for the rest of the transaction, or refuses all of it (FP001)
-- when another worker has taken the job over.
create function hold_lease(p_job uuid, p_token uuid) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  perform from processing_jobs j where j.id = p_job and j.lease_token = p_token for update;
  if not found then
    raise exception 'the lease on job % is lost', p_job using errcode = 'FP001';
  end if;
end $$;

revoke all on function hold_lease from public;
grant execute on function hold_lease to service_role;
