-- Circuit breakers, one per external service, shared by all instances.
create table breakers (
  dependency text primary key check (dependency in ('media', 'transcription', 'chat', 'twilio')),
  -- The phase that calls the service.
  phase text not null unique,
  -- open: no attempt before retry_at. half_open: one job (the probe) attempts.
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- Consecutive failures, and the messages that they happened to, as hashes: an erased message must leave no trace here.
  failures int not null default 0,
  failing text[] not null default '{}',
  -- Consecutive openings: each doubles the time until the next probe.
  openings int not null default 0,
  retry_at timestamptz,
  probe_token uuid,
  probe_until timestamptz,
  error_code text,
  changed_at timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into breakers (dependency, phase) values ('media', 'download'), ('transcription', 'transcribe'), ('chat', 'extract'), ('twilio', 'finalize');

select migration.protect('breakers');

-- Counts a failure that the service caused. The breaker opens after p_threshold consecutive failures, or when at least half of the last
-- minute's attempts (2 * p_threshold or more) failed, but only if enough different messages failed: one message alone proves nothing.
-- delay_seconds: the remaining time until the next probe; null while closed.
create function breaker_failed(
  p_phase text, p_message_sid text, p_token uuid, p_code text, p_threshold int, p_open interval, p_open_most interval,
  out opened boolean, out delay_seconds double precision)
language plpgsql set search_path = public, pg_temp as $$
declare
  b breakers;
  recent record;
begin
  select * into b from breakers x where x.phase = p_phase for update;
  opened := false;
  if b.state = 'closed' then
    b.failures := b.failures + 1;
    b.failing := case when md5(p_message_sid) = any (b.failing) then b.failing else (b.failing || md5(p_message_sid))[1:100] end;
    opened := b.failures >= p_threshold and cardinality(b.failing) >= (p_threshold + 1) / 2;
    if not opened then
      select count(*) as attempts, 1 + count(*) filter (where a.dependency is not null) as failed,
             count(distinct a.job_id) filter (where a.dependency is not null) as messages into recent
      from job_attempts a where a.phase = p_phase and a.created_at > greatest(now() - interval '1 minute', b.changed_at);
      opened := recent.attempts >= 2 * p_threshold and 2 * recent.failed >= recent.attempts and recent.messages >= (p_threshold + 1) / 2;
    end if;
  elsif b.probe_token = p_token then
    opened := true;
  end if;

  if opened then
    delay_seconds := extract(epoch from least(p_open * power(2, least(b.openings, 20)), p_open_most)) * (0.8 + 0.4 * random());
    update breakers x
    set state = 'open', openings = b.openings + 1, failures = b.failures, failing = b.failing, error_code = p_code, changed_at = now(),
        retry_at = now() + delay_seconds * interval '1 second', probe_token = null, probe_until = null
    where x.phase = p_phase;
  elsif b.state = 'closed' then
    update breakers x set failures = b.failures, failing = b.failing, error_code = p_code where x.phase = p_phase;
  else
    delay_seconds := greatest(0, extract(epoch from coalesce(b.probe_until, b.retry_at) - now()));
  end if;
end $$;

-- Ends a phase's transaction: closes the breaker if the service answered its probe, and dispatches deferred jobs.
create function phase_ended(p_phase text, p_token uuid, p_answered boolean, p_slots int, p_hold interval, p_most int) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
begin
  if p_answered then
    update breakers b
    set state = 'closed', failures = 0, failing = '{}', openings = 0, retry_at = null,
        probe_token = null, probe_until = null, error_code = null, changed_at = now()
    where b.phase = p_phase and b.probe_token = p_token;
    if found then
      return next row('closed', null, p_phase, null, null, null, null)::post_commit_action;
    end if;
    update breakers b set failures = 0, failing = '{}', error_code = null where b.phase = p_phase and b.state = 'closed' and b.failures > 0;
  end if;
  return query select * from resume_deferred(p_slots, p_hold, p_most, false);
end $$;

-- Ends a failed attempt. It is deferred, without counting as a try, while the service's breaker is open or for p_wait (its Retry-After).
-- p_fault: the service caused the failure. p_answered: the service works. p_uncharged: the call certainly cost nothing.
create function fail_attempt(
  p_job uuid, p_attempt uuid, p_token uuid, p_fault boolean, p_answered boolean, p_uncharged boolean,
  p_wait interval, p_code text, p_message text, p_stack text,
  p_threshold int, p_open interval, p_open_most interval, p_slots int, p_hold interval, p_most int) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  opened boolean := false;
  closed_for double precision;
  delay double precision;
  reason text;
begin
  select * into job from processing_jobs j where j.id = p_job;
  if p_fault then
    select f.opened, f.delay_seconds into opened, closed_for
    from breaker_failed(job.current_phase, job.message_sid, p_token, p_code, p_threshold, p_open, p_open_most) f;
    delay := greatest(closed_for, extract(epoch from p_wait));
  end if;

  if delay is null then
    update processing_jobs j
    set error_code = p_code, error_message = p_message, error_stack = p_stack, retry_count = j.retry_count + 1,
        lease_token = null, leased_until = null, queued_at = now() + interval '1 minute'
    where j.id = p_job;
  else
    reason := 'breaker_open';
    update processing_jobs j set error_code = p_code, error_message = p_message, error_stack = p_stack where j.id = p_job;
    perform set_aside(p_job, reason, now() + delay * interval '1 second');
  end if;
  if p_uncharged then
    perform end_reservation(r.id, 'released', 0) from ai_reservations r where r.attempt_id = p_attempt and r.status = 'reserved';
  end if;
  update job_attempts a
  set outcome = case when delay is null then 'failed' else 'deferred' end, error_code = p_code, error_message = p_message, error_stack = p_stack,
      dependency = case when p_fault then (select b.dependency from breakers b where b.phase = job.current_phase) end,
      latency_ms = extract(epoch from clock_timestamp() - a.created_at) * 1000
  where a.id = p_attempt;

  return next row(case when delay is null then 'failed' else 'deferred' end,
    job.message_sid, job.current_phase, job.generation, delay, reason, p_code)::post_commit_action;
  if opened then
    return next row('opened', null, job.current_phase, null, closed_for, null, p_code)::post_commit_action;
    return query select * from next_probe(job.current_phase, p_hold, closed_for);
  elsif delay is not null and closed_for is null then
    -- The breaker is not open, so the job's own queue message resumes it.
    return next row('send', job.message_sid, job.current_phase, job.generation, delay, null, null)::post_commit_action;
  end if;
  return query select * from phase_ended(job.current_phase, p_token, p_answered, p_slots, p_hold, p_most);
end $$;

-- When a breaker opens, jobs that failed shortly before are deferred too, which keeps their position. Locked jobs are being attempted.
create function step_aside() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  perform set_aside(f.id, 'breaker_open', new.retry_at)
  from (
    select j.id from processing_jobs j
    where j.current_phase = new.phase and j.status = phase_status(new.phase) and j.lease_token is null and exists (
      select from job_attempts a
      where a.job_id = j.id and a.generation = j.generation and a.phase = new.phase and a.outcome = 'failed' and a.dependency is not null
        and a.created_at > now() - interval '2 minutes')
    for update of j skip locked) f;
  return null;
end $$;

create trigger breakers_opened after update on breakers
  for each row when (old.state = 'closed' and new.state = 'open') execute function step_aside();

grant execute on function breaker_failed, phase_ended, fail_attempt to service_role;
