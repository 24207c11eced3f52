-- Takes a finished, failed or stuck job back to a phase, as a new generation, and notes who asked for it.
-- outcome: replayed | would_replay | already_done (no phase was named) | in_progress (a worker is at it right now)
create function replay_job(
  p_message_sid text, p_webhook_event_id uuid, p_phase text, p_dry_run boolean, p_request_id text,
  out job_id uuid, out message_sid text, out status text, out generation int, out phase text, out outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  ranks constant text[] := array['download', 'transcribe', 'extract', 'finalize'];
begin
  select * into job from processing_jobs j
  where (p_message_sid is null or j.message_sid = p_message_sid)
    and (p_webhook_event_id is null or j.webhook_event_id = p_webhook_event_id)
    and num_nonnulls(p_message_sid, p_webhook_event_id) > 0
  for update;
  if not found then
    return;
  end if;

  job_id := job.id;
  message_sid := job.message_sid;
  status := job.status;
  generation := job.generation;
  phase := coalesce(p_phase, job.current_phase);
  outcome := case
    when job.leased_until > clock_timestamp() then 'in_progress'
    when p_phase is null and job.status in ('done', 'rejected') then 'already_done'
    when p_dry_run then 'would_replay'
    else 'replayed' end;

  if outcome = 'replayed' then
    update processing_jobs j
    set generation = j.generation + 1,
        status = case phase when 'download' then 'downloading' when 'transcribe' then 'transcribing'
                            when 'extract' then 'extracting' else 'finalizing' end,
        current_phase = phase,
        -- A keyword stays what it is. A rejection stands unless the phase that gave it is done anew.
        status_reason = case when j.status_reason like 'keyword%' then j.status_reason
                             when p_phase is null or p_phase = 'finalize' then nullif(j.status_reason, 'retries_exhausted') end,
        extraction = case when p_phase is not null and array_position(ranks, p_phase) <= 3 then null else j.extraction end,
        error_code = null, error_message = null, error_stack = null, completed_at = null, resume_at = null,
        lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
    where j.id = job.id
    returning j.status, j.generation into status, generation;
  end if;

  insert into audit_log (actor, action, message_sid, family_id, details, request_id)
  values ('operator', case when p_dry_run then 'replay_preview' else 'replay' end, job.message_sid, job.family_id,
          jsonb_build_object('from_phase', p_phase, 'outcome', outcome, 'generation', generation), p_request_id);
end $$;

revoke all on function replay_job from public;
grant execute on function replay_job to service_role;
