-- Circuit breakers, one per external service, shared by all instances.
create table breakers (
  dependency text primary key check (dependency in ('media', 'transcription', 'chat', 'twilio')),
  phase text not null unique, -- The phase that calls the service.
  -- open: no attempt before retry_at. half_open: one job (the probe) attempts.
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- Consecutive failures, and the messages that they happened to, as hashes: an erased message must leave no trace here.
  failures int not null default 0,
  failing text[] not null default '{}',
  openings int not null default 0, -- Consecutive openings: each doubles the time until the next probe.
  retry_at timestamptz,
  probe_token uuid,
  probe_until timestamptz,
  error_code text,
  changed_at timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into breakers (dependency, phase) values ('media', 'download'), ('transcription', 'transcribe'), ('chat', 'extract'), ('twilio', 'finalize');

select migration.protect('breakers');

-- Counts a failure that the service caused. The breaker opens after breaker_failures consecutive failures, or when at least half of the last
-- minute's attempts (twice as many or more) failed, but only if enough different messages failed: one message alone proves nothing.
-- delay_seconds: the remaining time until the next probe; null while closed.
create function breaker_failed(p_job processing_jobs, p_code text, p_limits job_limits, out opened boolean, out delay_seconds double precision)
language plpgsql set search_path = public, pg_temp as $$
declare b breakers; recent record;
begin
  select * into b from breakers x where x.phase = p_job.current_phase for update;
  opened := false;
  if b.state = 'closed' then
    b.failures := b.failures + 1;
    b.failing := case when md5(p_job.message_sid) = any (b.failing) then b.failing else (b.failing || md5(p_job.message_sid))[1:100] end;
    opened := b.failures >= p_limits.breaker_failures and cardinality(b.failing) >= (p_limits.breaker_failures + 1) / 2;
    if not opened then
      select count(*) as attempts, 1 + count(*) filter (where a.dependency is not null) as failed,
             count(distinct a.job_id) filter (where a.dependency is not null) as messages into recent
      from job_attempts a where a.phase = b.phase and a.created_at > greatest(now() - interval '1 minute', b.changed_at);
      opened := recent.attempts >= 2 * p_limits.breaker_failures and 2 * recent.failed >= recent.attempts
        and recent.messages >= (p_limits.breaker_failures + 1) / 2;
    end if;
  elsif b.probe_token = p_job.lease_token then
    opened := true;
  end if;

  if opened then
    delay_seconds := extract(epoch from least(p_limits.breaker_open * power(2, least(b.openings, 20)), p_limits.breaker_open_most))
      * (0.8 + 0.4 * random());
    update breakers x
    set state = 'open', openings = b.openings + 1, failures = b.failures, failing = b.failing, error_code = p_code, changed_at = now(),
        retry_at = now() + delay_seconds * interval '1 second', probe_token = null, probe_until = null
    where x.phase = b.phase;
    if b.state = 'closed' then
      -- Jobs that failed shortly before are deferred too, which keeps their position. Locked jobs are being attempted.
      perform defer_job(f.job, 'breaker_open', now() + delay_seconds * interval '1 second', true)
      from (
        select j as job from processing_jobs j
        where j.current_phase = b.phase and j.status = phase_status(b.phase) and j.lease_token is null and exists (
          select from job_attempts a
          where a.job_id = j.id and a.generation = j.generation and a.phase = b.phase and a.outcome = 'failed' and a.dependency is not null
            and a.created_at > now() - interval '2 minutes')
        for update of j skip locked) f;
    end if;
  elsif b.state = 'closed' then
    update breakers x set failures = b.failures, failing = b.failing, error_code = p_code where x.phase = b.phase;
  else
    delay_seconds := greatest(0, extract(epoch from coalesce(b.probe_until, b.retry_at) - now()));
  end if;
end $$;

-- The service works: closes the breaker if the job was its probe, and forgets failures.
create function breaker_answered(p_job processing_jobs) returns setof post_commit_action language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select from breakers b where b.phase = p_job.current_phase and (b.state <> 'closed' or b.failures > 0)) then
    return;
  end if;
  update breakers b
  set state = 'closed', failures = 0, failing = '{}', openings = 0, retry_at = null,
      probe_token = null, probe_until = null, error_code = null, changed_at = now()
  where b.phase = p_job.current_phase and b.probe_token = p_job.lease_token;
  if found then
    return next row('closed', null, p_job.current_phase, null, null, null, null)::post_commit_action;
  end if;
  update breakers b set failures = 0, failing = '{}', error_code = null
  where b.phase = p_job.current_phase and b.state = 'closed' and b.failures > 0;
end $$;
