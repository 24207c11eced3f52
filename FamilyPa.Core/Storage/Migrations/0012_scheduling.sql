-- Which job runs: leases, slots for expensive phases (transcribe, extract), deferred jobs, and the order of a family's messages.

-- A slot is leased with its job, or for a moment reserved for a dispatched job. After the lease it is free again.
create table job_slots (
  slot int primary key,
  job_id uuid,
  family_id uuid references families (id) on delete cascade,
  lease_token uuid,
  leased_until timestamptz
);
create index job_slots_family on job_slots (family_id);

select migration.protect('job_slots');

create function take_any_slot(p_job uuid, p_family uuid, p_token uuid, p_for interval, p_slots int) returns boolean
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

-- Leases a free slot for a job. False when there is none or its family has its maximum: all slots but a quarter (but at least one).
-- Without a token the caller dispatches for several families and does not wait for the lock, to avoid a deadlock.
create function take_slot(p_job uuid, p_family uuid, p_token uuid, p_for interval, p_slots int) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  family constant bigint := hashtextextended(p_family::text, 0);
begin
  if p_token is not null then
    perform pg_advisory_xact_lock(family);
  elsif not pg_try_advisory_xact_lock(family) then
    return false;
  end if;
  if (select count(*) from job_slots s where s.family_id = p_family and s.leased_until > clock_timestamp())
    >= greatest(1, p_slots - greatest(1, p_slots / 4)) then
    return false;
  end if;

  return take_any_slot(p_job, p_family, p_token, p_for, p_slots);
end $$;

create function release_with_lease() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  update job_slots s set job_id = null, family_id = null, lease_token = null, leased_until = null where s.lease_token = old.lease_token;
  update breakers b set state = 'open', retry_at = now(), probe_until = null where b.probe_token = old.lease_token and b.state = 'half_open';
  return null;
end $$;

create trigger processing_jobs_let_go after update on processing_jobs
  for each row when (old.lease_token is not null and new.lease_token is distinct from old.lease_token) execute function release_with_lease();

-- Defers a job. It is dispatched by resume_deferred or by its own queue message.
create function set_aside(p_job uuid, p_reason text, p_resume_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update processing_jobs j
  set status = 'deferred', status_reason = p_reason, resume_at = p_resume_at, dispatched_at = null,
      lease_token = null, leased_until = null, completed_at = null
  where j.id = p_job;
  update job_slots s set job_id = null, family_id = null, lease_token = null, leased_until = null where s.job_id = p_job;
end $$;

-- Maintains has_place: a job deferred for no_slot or breaker_open keeps its position in its family's order until it finishes, fails, is
-- replayed, or is deferred for another reason. Until then the family's later messages wait in finalize.
create function keep_place() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.status in ('done', 'rejected', 'failed', 'throttled') or new.generation > old.generation or new.retry_count > old.retry_count then
    new.has_place := false;
    new.awaits_turn := false;
  elsif new.status = 'deferred'
    and (old.status <> 'deferred' or (new.status_reason, new.resume_at) is distinct from (old.status_reason, old.resume_at)) then
    -- Not for an attempted job (it had a lease) whose service works, nor for a reply that could not be sent: later messages of the
    -- family would wait for its retries.
    new.has_place := coalesce(new.status_reason = 'no_slot' or new.status_reason = 'breaker_open' and (
      old.lease_token is null
      or new.current_phase <> 'finalize' and exists (select from breakers b where b.phase = new.current_phase and b.state <> 'closed')), false);
    new.awaits_turn := false;
  elsif new.lease_token is not null then
    new.awaits_turn := false;
  end if;
  return new;
end $$;

create trigger processing_jobs_place before update on processing_jobs
  for each row when (old.has_place or old.awaits_turn or new.status = 'deferred') execute function keep_place();

-- The nearest earlier job of the family that a job waits for; null when there is none. A typed message does not wait for a recording whose
-- service is down, except within five minutes of an outage of the chat model, when both services may recover together.
create function held_up_by(job processing_jobs) returns uuid
language sql stable set search_path = public, pg_temp as $$
  select e.id from processing_jobs e
  where e.family_id = job.family_id and e.has_place and (e.received_at, e.message_sid) < (job.received_at, job.message_sid)
    and not (
      e.status = 'deferred' and e.status_reason = 'breaker_open' and e.current_phase in ('download', 'transcribe')
      and exists (select from breakers b where b.phase = 'extract' and b.state = 'closed' and b.changed_at < now() - interval '5 minutes'))
  order by e.received_at desc, e.message_sid desc limit 1
$$;

-- Keywords and commands that change no task are answered at once.
create function has_no_turn(reason text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(reason like 'keyword%' or reason in ('command_list', 'command_board', 'command_help'), false)
$$;

-- Leases a job to one worker for one phase and starts an attempt.
-- outcome: claimed | unknown | finished | superseded (older generation) | elsewhere (in another phase) | leased (for wait_seconds)
--        | exhausted (too many attempts) | throttled | deferred (for reason, due in wait_seconds). is_probe: tests an open breaker.
-- p_generation is null for a manual run, which ignores throttling. p_slots is null for a caller without limits.
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

  -- The lease has expired, so the attempt's process is dead.
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
    if breaker.state = 'open' and breaker.retry_at > clock_timestamp()
      or breaker.state = 'half_open' and breaker.probe_until >= clock_timestamp() then
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
        -- The family's earlier messages that are deferred in this phase go first.
        if job.status <> 'deferred' and exists (
          select from processing_jobs e
          where e.family_id = job.family_id and e.status = 'deferred' and e.current_phase = p_phase
            and e.status_reason in ('no_slot', 'breaker_open') and e.received_at < job.received_at) then
          reason := 'no_slot';
        end if;
      end if;
    end if;

    if reason is null and is_expensive then
      -- The slot that was reserved at dispatch, or a free one within the family's maximum (see take_slot).
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
      -- Another job became the probe, unless the breaker has closed.
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
         attempt_logs(p_message_sid, p_phase, now())
  from job_attempts a where a.job_id = job.id
  returning job_attempts.id, job_attempts.attempt_number into attempt_id, attempt_number;
end $$;

-- claim_job, with the outcome in_turn: earlier messages of the family go first. It counts no try; next_turns dispatches the job.
create function claim_in_turn(
  p_message_sid text, p_phase text, p_generation int, p_lease interval, p_max_attempts int,
  p_slots int, p_sender_failures int, p_sender_pause interval,
  out outcome text, out job_id uuid, out generation int, out current_phase text, out wait_seconds double precision,
  out lease_token uuid, out attempt_id uuid, out attempt_number int, out reason text, out is_probe boolean)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  earlier uuid;
begin
  if p_phase = 'finalize' and p_generation is not null then
    select * into job from processing_jobs j where j.message_sid = p_message_sid for update;
    if job.current_phase = p_phase and job.generation <= p_generation and job.status not in ('done', 'rejected', 'failed', 'throttled')
      and (job.leased_until is null or job.leased_until <= clock_timestamp())
      and not has_no_turn(meant_reason(job))
    then
      loop
        earlier := held_up_by(job);
        exit when earlier is null;
        -- Waits for a transaction that is finishing the earlier job, and checks again. Lock order: later job first. Other code never
        -- waits for a later job while it holds an earlier one.
        perform from processing_jobs e where e.id = earlier and e.has_place for share;
        if found then
          update processing_jobs j
          set status = phase_status(p_phase), status_reason = case when is_passing_reason(j.status_reason) then null else j.status_reason end,
              has_place = true, awaits_turn = true, resume_at = null, dispatched_at = null
          where j.id = job.id;
          outcome := 'in_turn';
          job_id := job.id;
          generation := job.generation;
          current_phase := job.current_phase;
          return;
        end if;
      end loop;
    end if;
  end if;

  select c.* into outcome, job_id, generation, current_phase, wait_seconds, lease_token, attempt_id, attempt_number, reason, is_probe
  from claim_job(p_message_sid, p_phase, p_generation, p_lease, p_max_attempts, p_slots, p_sender_failures, p_sender_pause) c;
end $$;

-- Dispatches jobs whose turn has come: of each family the first that waits.
create function next_turns(p_most int) returns setof post_commit_action
language sql set search_path = public, pg_temp as $$
  update processing_jobs j set awaits_turn = false, queued_at = now(), sweeps = 0
  where j.id in (
    select w.id from processing_jobs w
    where w.awaits_turn and held_up_by(w) is null and w.id in (
      select distinct on (f.family_id) f.id from processing_jobs f where f.awaits_turn order by f.family_id, f.received_at, f.message_sid)
    limit p_most for update of w skip locked)
  returning 'send'::text, j.message_sid, j.current_phase, j.generation, 0::double precision, 'in_turn'::text, null::text
$$;

-- Dispatches the probe of an open breaker: the oldest waiting job. Jobs that saw the failure go last and in turn, because one that always
-- fails would keep the breaker open.
create function next_probe(p_phase text, p_hold interval, p_delay double precision) returns setof post_commit_action
language sql set search_path = public, pg_temp as $$
  update processing_jobs j set dispatched_at = case when p_delay = 0 then now() end
  where j.id = (
    select d.id from processing_jobs d
    where d.status = 'deferred' and d.current_phase = p_phase and (d.status_reason = 'breaker_open' or d.resume_at <= now())
      and (d.dispatched_at is null or d.dispatched_at < now() - p_hold)
      and case p_phase when 'finalize' then held_up_by(d) is null else true end
    order by d.error_code is not null, case when d.error_code is not null then d.updated_at end, d.received_at, d.message_sid
    limit 1 for update skip locked)
  returning 'send'::text, j.message_sid, j.current_phase, j.generation, p_delay, null::text, null::text
$$;

-- Dispatches due deferred jobs: one per free slot, oldest first, families with fewer slots first. The slot stays reserved for p_hold.
-- Phases without slots: up to p_most. p_probes: also one job per breaker that is due for a probe.
create function resume_set_aside(p_slots int, p_hold interval, p_most int, p_probes boolean) returns setof post_commit_action
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
    return next row('send', due.message_sid, due.current_phase, due.generation, 0, null, null)::post_commit_action;
  end loop;
end $$;

create function resume_deferred(p_slots int, p_hold interval, p_most int, p_probes boolean) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
begin
  return query select * from next_turns(p_most);
  return query select * from resume_set_aside(p_slots, p_hold, p_most, p_probes);
end $$;

grant execute on function take_any_slot, take_slot, set_aside, held_up_by, has_no_turn, claim_job, claim_in_turn, next_turns, next_probe,
  resume_set_aside, resume_deferred to service_role;
