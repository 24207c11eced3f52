-- What may run at once, and what is not tried while the service it needs is down. Shared by all instances.

-- One row for each phase of the expensive kind (transcribe, extract) that may be at work. It is leased: by the job's lease, or for a moment
-- to a waiting job that has been asked for. A dead worker's slot is free once its lease is over.
create table job_slots (
  slot int primary key,
  job_id uuid,
  family_id uuid references families (id) on delete cascade,
  lease_token uuid,
  leased_until timestamptz
);
create index job_slots_family on job_slots (family_id);

-- closed: all is well, or there were failures but not enough. open: nothing is tried before retry_at. half_open: one job tries.
create table breakers (
  dependency text primary key check (dependency in ('media', 'transcription', 'chat', 'twilio')),
  -- The phase that needs it.
  phase text not null unique,
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- In a row, and the different messages that they happened to, as hashes: a message that is erased must leave no trace here.
  failures int not null default 0,
  failing text[] not null default '{}',
  -- Times in a row that it opened: each stays open twice as long as the one before.
  openings int not null default 0,
  retry_at timestamptz,
  probe_token uuid,
  probe_until timestamptz,
  error_code text,
  changed_at timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into breakers (dependency, phase) values ('media', 'download'), ('transcription', 'transcribe'), ('chat', 'extract'), ('twilio', 'finalize');

-- The service whose fault it was that the attempt failed.
alter table job_attempts add column dependency text;
create index job_attempts_recent on job_attempts (created_at);

select migration.protect('job_slots'), migration.protect('breakers');

-- Takes a slot that is free, for a job. False: there is none.
create function take_slot(p_job uuid, p_family uuid, p_token uuid, p_for interval, p_slots int) returns boolean
language plpgsql set search_path = public, pg_temp as $$
begin
  for try in 1 .. 2 loop
    update job_slots s set job_id = p_job, family_id = p_family, lease_token = p_token, leased_until = clock_timestamp() + p_for
    where s.slot = (
      select f.slot from job_slots f
      where f.slot <= p_slots and (f.leased_until is null or f.leased_until < clock_timestamp())
      order by f.slot limit 1 for update skip locked);
    if found then
      return true;
    end if;
    exit when (select count(*) from job_slots) >= p_slots;
    insert into job_slots (slot) select generate_series(1, p_slots) on conflict do nothing;
  end loop;
  return false;
end $$;

-- A job that lets go of its lease, however that comes about, lets go of its slot, and of being the one that tries.
create function release_with_lease() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  update job_slots s set job_id = null, family_id = null, lease_token = null, leased_until = null where s.lease_token = old.lease_token;
  update breakers b set state = 'open', retry_at = now(), probe_until = null where b.probe_token = old.lease_token and b.state = 'half_open';
  return null;
end $$;

create trigger processing_jobs_let_go after update on processing_jobs
  for each row when (old.lease_token is not null and new.lease_token is distinct from old.lease_token) execute function release_with_lease();

-- How many messages of a sender failed in a row. One that failed and is done later by a replay counts as done.
create function track_sender() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.status = 'failed' then
    insert into sender_limits as l (family_id, user_id, failures, failed_at)
    select m.family_id, m.user_id, 1, now()
    from inbound_messages i join family_members m on m.family_id = i.family_id and m.user_id = i.user_id
    where i.message_sid = new.message_sid
    on conflict on constraint sender_limits_pkey do update set failures = l.failures + 1, failed_at = now();
  else
    update sender_limits l set failures = 0 from inbound_messages i
    where i.message_sid = new.message_sid and l.family_id = i.family_id and l.user_id = i.user_id and l.failures > 0;
  end if;
  return null;
end $$;

create trigger processing_jobs_sender_tracked after update on processing_jobs
  for each row when (old.status <> new.status and new.status in ('done', 'rejected', 'failed')) execute function track_sender();

-- Sets a job aside. It comes back by resume_deferred, or when its own queue message does.
create function set_aside(p_job uuid, p_reason text, p_resume_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update processing_jobs j
  set status = 'deferred', status_reason = p_reason, resume_at = p_resume_at, dispatched_at = null,
      lease_token = null, leased_until = null, completed_at = null
  where j.id = p_job;
  update job_slots s set job_id = null, family_id = null, lease_token = null, leased_until = null where s.job_id = p_job;
end $$;

-- As before, and within limits where they are given (an app that knows of none passes none):
-- deferred: set aside, or was so already, for reason; wait_seconds until it is due again, which may be 0.
-- throttled: waits for room; only a person's message gets past that.
-- is_probe: the service it needs was down, and this is the one job that tries.
drop function claim_job(text, text, int, interval, int);
create function claim_job(
  p_message_sid text, p_phase text, p_generation int, p_lease interval, p_max_attempts int,
  p_slots int default null, p_sender_failures int default null, p_sender_pause interval default null,
  out outcome text, out job_id uuid, out generation int, out current_phase text, out wait_seconds double precision,
  out lease_token uuid, out attempt_id uuid, out attempt_number int, out reason text, out is_probe boolean)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  tries int;
  breaker breakers;
  due timestamptz := now();
  is_expensive constant boolean := p_phase in ('transcribe', 'extract');
  by_hand constant boolean := p_generation is null;
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
  elsif job.status = 'throttled' and not by_hand then
    outcome := 'throttled';
  elsif job.status = 'deferred' and not by_hand and job.dispatched_at is null and job.resume_at > now() then
    outcome := 'deferred';
    reason := job.status_reason;
    wait_seconds := extract(epoch from job.resume_at - now());
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

  lease_token := gen_random_uuid();
  is_probe := false;
  if p_slots is not null then
    select * into breaker from breakers b where b.phase = p_phase;
    if breaker.state = 'open' and breaker.retry_at > clock_timestamp() or breaker.state = 'half_open' and breaker.probe_until >= clock_timestamp() then
      reason := 'breaker_open';
      due := case breaker.state when 'open' then breaker.retry_at else now() end;
    elsif is_expensive and not by_hand then
      select l.failed_at + p_sender_pause into due
      from sender_limits l join inbound_messages i on i.family_id = l.family_id and i.user_id = l.user_id
      where i.message_sid = p_message_sid and l.failures >= p_sender_failures and l.failed_at + p_sender_pause > now();
      if found then
        reason := 'sender_paused';
      else
        due := now();
        -- Its family's earlier messages that wait for the same go first.
        if job.status <> 'deferred' and exists (
          select from processing_jobs e
          where e.family_id = job.family_id and e.status = 'deferred' and e.current_phase = p_phase
            and e.status_reason in ('no_slot', 'breaker_open') and e.received_at < job.received_at) then
          reason := 'no_slot';
        end if;
      end if;
    end if;

    if reason is null and is_expensive then
      -- The slot that was kept for it when it was asked for, or a free one. A family never has all of them: a quarter (one at least, where
      -- there are more than one) is left to the others.
      update job_slots s set lease_token = claim_job.lease_token, leased_until = clock_timestamp() + p_lease
      where s.job_id = job.id and s.leased_until > clock_timestamp();
      if not found and (
        (select count(*) from job_slots s where s.family_id = job.family_id and s.leased_until > clock_timestamp())
          >= greatest(1, p_slots - greatest(1, p_slots / 4))
        or not take_slot(job.id, job.family_id, lease_token, p_lease, p_slots)) then
        reason := 'no_slot';
      end if;
    end if;

    if reason is null and breaker.state <> 'closed' then
      update breakers b set state = 'half_open', probe_token = claim_job.lease_token, probe_until = clock_timestamp() + p_lease
      where b.phase = p_phase
        and (b.state = 'open' and b.retry_at <= clock_timestamp() or b.state = 'half_open' and b.probe_until < clock_timestamp());
      is_probe := found;
      -- Another one was quicker, or it has closed by now.
      if not found and exists (select from breakers b where b.phase = p_phase and b.state <> 'closed') then
        reason := 'breaker_open';
      end if;
    end if;

    if reason is not null then
      perform set_aside(job.id, reason, due);
      outcome := 'deferred';
      wait_seconds := greatest(0, extract(epoch from due - now()));
      return;
    end if;
  end if;

  outcome := 'claimed';
  update processing_jobs j
  set status = phase_status(p_phase),
      status_reason = case when is_passing_reason(j.status_reason) then null else j.status_reason end,
      lease_token = claim_job.lease_token,
      leased_until = clock_timestamp() + p_lease,
      started_at = coalesce(j.started_at, now()),
      completed_at = null,
      resume_at = null,
      dispatched_at = null
  where j.id = job.id;
  insert into job_attempts (job_id, attempt_number, generation, phase, logs_url)
  select job.id, coalesce(max(a.attempt_number), 0) + 1, job.generation, p_phase,
         format('traces | where customDimensions.event_id == "%s" and customDimensions.phase == "%s"', p_message_sid, p_phase)
  from job_attempts a where a.job_id = job.id
  returning job_attempts.id, job_attempts.attempt_number into attempt_id, attempt_number;
end $$;

-- What is to be done once a transaction has committed: send: ask for that phase, after so many seconds. closed: that phase's breaker has closed.
-- opened: it has opened, for so many seconds. deferred, failed: that is what became of the attempt.
create type job_step as (kind text, message_sid text, phase text, generation int, delay_seconds double precision, reason text, code text);

-- Asks for deferred jobs that are due: one for each slot that is free, in the order of arrival, but families that hold fewer slots first.
-- Each gets its slot at once and keeps it for p_hold, so that nobody who comes later is quicker. Phases that need no slot: up to p_most.
-- p_probes: also one for each service that may be tried again.
create function resume_deferred(p_slots int, p_hold interval, p_most int, p_probes boolean) returns setof job_step
language plpgsql set search_path = public, pg_temp as $$
declare
  due record;
  closed constant text[] := array(select b.phase from breakers b where b.state = 'closed');
  most_of_one constant int := greatest(1, p_slots - greatest(1, p_slots / 4));
  full_families uuid[];
  free int;
begin
  if not exists (select from processing_jobs j where j.status = 'deferred') then
    return;
  end if;

  if p_probes then
    for due in select b.phase from breakers b
      where b.state = 'open' and b.retry_at <= clock_timestamp() or b.state = 'half_open' and b.probe_until < clock_timestamp()
    loop
      return query select * from next_probe(due.phase, p_hold, 0);
    end loop;
  end if;

  return query
    update processing_jobs j set dispatched_at = now()
    where j.id in (
      select d.id from processing_jobs d
      where d.status = 'deferred' and d.current_phase in ('download', 'finalize') and d.current_phase = any (closed) and d.resume_at <= now()
        and (d.dispatched_at is null or d.dispatched_at < now() - p_hold)
      order by d.received_at, d.message_sid limit p_most for update of d skip locked)
    returning 'send'::text, j.message_sid, j.current_phase, j.generation, 0::double precision, null::text, null::text;

  select p_slots - count(*),
         coalesce((select array_agg(f.family_id) from (
           select s.family_id from job_slots s where s.leased_until > clock_timestamp() and s.family_id is not null
           group by s.family_id having count(*) >= most_of_one) f), '{}')
  into free, full_families
  from job_slots s where s.slot <= p_slots and s.leased_until > clock_timestamp();
  if free <= 0 then
    return;
  end if;
  for due in
    select r.* from (
      select c.*, coalesce(h.slots, 0) + row_number() over (partition by c.family_id order by c.received_at, c.message_sid) as rank
      from (
        select j.id, j.family_id, j.message_sid, j.current_phase, j.generation, j.received_at
        from processing_jobs j
        where j.status = 'deferred' and j.current_phase in ('transcribe', 'extract') and j.current_phase = any (closed) and j.resume_at <= now()
          and (j.dispatched_at is null or j.dispatched_at < now() - p_hold) and j.family_id <> all (full_families)
        order by j.received_at, j.message_sid limit 64) c
      left join (select s.family_id, count(*) as slots from job_slots s where s.leased_until > clock_timestamp() group by s.family_id) h
        on h.family_id = c.family_id) r
    where r.rank <= most_of_one order by r.rank, r.received_at, r.message_sid limit least(free, p_most)
  loop
    perform from processing_jobs j where j.id = due.id and j.status = 'deferred' and (j.dispatched_at is null or j.dispatched_at < now() - p_hold)
    for update skip locked;
    continue when not found;
    exit when not take_slot(due.id, due.family_id, null, p_hold, p_slots);
    update processing_jobs j set dispatched_at = now() where j.id = due.id;
    return next row('send', due.message_sid, due.current_phase, due.generation, 0, null, null)::job_step;
  end loop;
end $$;

-- The job that is to try whether a service is back: the first that came, but those that were there when it failed go last and in turn.
-- Else one message that always fails would keep the breaker open for all. One that is asked for with a delay may be asked for before, too:
-- the service may be tried by another message first.
create function next_probe(p_phase text, p_hold interval, p_delay double precision) returns setof job_step
language sql set search_path = public, pg_temp as $$
  update processing_jobs j set dispatched_at = case when p_delay = 0 then now() end
  where j.id = (
    select d.id from processing_jobs d
    where d.status = 'deferred' and d.current_phase = p_phase and (d.status_reason = 'breaker_open' or d.resume_at <= now())
      and (d.dispatched_at is null or d.dispatched_at < now() - p_hold)
    order by d.error_code is not null, case when d.error_code is not null then d.updated_at end, d.received_at, d.message_sid
    limit 1 for update skip locked)
  returning 'send'::text, j.message_sid, j.current_phase, j.generation, p_delay, null::text, null::text
$$;

-- Ends a phase's transaction: notes that the service answered, where it was asked, and asks for what may be done now.
create function phase_ended(p_phase text, p_token uuid, p_answered boolean, p_slots int, p_hold interval, p_most int) returns setof job_step
language plpgsql set search_path = public, pg_temp as $$
begin
  if p_answered then
    update breakers b
    set state = 'closed', failures = 0, failing = '{}', openings = 0, retry_at = null, probe_token = null, probe_until = null, error_code = null, changed_at = now()
    where b.phase = p_phase and b.probe_token = p_token;
    if found then
      return next row('closed', null, p_phase, null, null, null, null)::job_step;
    end if;
    update breakers b set failures = 0, failing = '{}', error_code = null where b.phase = p_phase and b.state = 'closed' and b.failures > 0;
  end if;
  return query select * from resume_deferred(p_slots, p_hold, p_most, false);
end $$;

-- Counts a failure that is the service's fault. It opens when so many happened in a row, or when half of all attempts of the last minute
-- (twice as many at least) failed so, but only if they happened to half as many different messages: one that always fails proves nothing.
-- delay_seconds: for how long nothing is tried now; null: it is closed.
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

-- Ends an attempt that failed. While its service is down, or when that asks for more patience than we have (p_wait), it is deferred
-- and has cost no try. p_fault: it is the service's. p_answered: the service works, whatever this was. p_uncharged: it certainly cost nothing.
create function fail_attempt(
  p_job uuid, p_attempt uuid, p_token uuid, p_fault boolean, p_answered boolean, p_uncharged boolean, p_wait interval, p_code text, p_message text, p_stack text,
  p_threshold int, p_open interval, p_open_most interval, p_slots int, p_hold interval, p_most int) returns setof job_step
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

  return next row(case when delay is null then 'failed' else 'deferred' end, job.message_sid, job.current_phase, job.generation, delay, reason, p_code)::job_step;
  if opened then
    return next row('opened', null, job.current_phase, null, closed_for, null, p_code)::job_step;
    return query select * from next_probe(job.current_phase, p_hold, closed_for);
  elsif delay is not null and closed_for is null then
    -- Only this message was asked to wait: it comes back by itself.
    return next row('send', job.message_sid, job.current_phase, job.generation, delay, null, null)::job_step;
  end if;
  return query select * from phase_ended(job.current_phase, p_token, p_answered, p_slots, p_hold, p_most);
end $$;

-- As before; what was set aside goes on as what it was to be.
create or replace function replay_job(
  p_message_sid text, p_webhook_event_id uuid, p_phase text, p_dry_run boolean, p_request_id text,
  out job_id uuid, out message_sid text, out status text, out generation int, out phase text, out outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  meant text;
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
    meant := case when is_passing_reason(job.status_reason) then job.held_reason else job.status_reason end;
    -- There is nothing to understand in a keyword or a command, and it may never become a task.
    phase := case when meant like any (array['keyword%', 'command%']) then 'finalize' else coalesce(p_phase, job.current_phase) end;
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
        status_reason = case when meant like any (array['keyword%', 'command%']) or p_phase is null or p_phase = 'finalize' then meant end,
        extraction = case when p_phase in ('download', 'transcribe', 'extract') then null else j.extraction end,
        error_code = null, error_message = null, error_stack = null, completed_at = null, resume_at = null, dispatched_at = null,
        lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
    where j.id = job.id
    returning j.status, j.generation into status, generation;
  end if;

  insert into audit_log (actor, action, message_sid, family_id, details, request_id)
  values ('operator', case when p_dry_run then 'replay_preview' else 'replay' end, message_sid, job.family_id,
          jsonb_build_object('from_phase', p_phase, 'outcome', outcome, 'generation', generation), p_request_id);
end $$;

revoke all on function release_with_lease, track_sender, take_slot, set_aside, claim_job, resume_deferred, next_probe, phase_ended, breaker_failed, fail_attempt from public;
grant execute on function take_slot, set_aside, claim_job, resume_deferred, next_probe, phase_ended, breaker_failed, fail_attempt to service_role;
