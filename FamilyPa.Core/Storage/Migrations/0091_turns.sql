-- What stood in line is finished in the order in which its family sent it. Several of a family's messages are understood at once, so only the
-- last phase keeps to it: there a message waits until none that came earlier and stood in line is before it. Whatever else may become of that
-- one (it fails, has no budget left, is replayed), it loses its place, and nobody waits for it any more.

alter table processing_jobs
  -- It stood in line: the service that it needs was down, or no slot was free.
  add column has_place boolean not null default false,
  -- Others are before it. Its queue message is gone: resume_deferred has it asked for when they are done.
  add column awaits_turn boolean not null default false;

create index processing_jobs_places on processing_jobs (family_id, received_at, message_sid) where has_place;
create index processing_jobs_turns on processing_jobs (family_id, received_at, message_sid) where awaits_turn;

create function keep_place() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.status in ('done', 'rejected', 'failed', 'throttled') or new.generation > old.generation or new.retry_count > old.retry_count then
    new.has_place := false;
    new.awaits_turn := false;
  elsif new.status = 'deferred' and (old.status <> 'deferred' or (new.status_reason, new.resume_at) is distinct from (old.status_reason, old.resume_at)) then
    -- One that was tried (it had a lease) and asked to wait by a service that works holds nobody up. Nor does one whose reply could not be
    -- sent: else it alone would be tried again and again while all that its family sent waits behind it.
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

-- Those that failed before it was known that the service is down were no more to blame than those that came after: they step aside as well,
-- before their next try, and so keep their place. Whoever is locked is being tried right now.
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

-- The nearest of those that go before a job; null: it is its turn. While a recording waits for a service that is down, what was typed need not
-- wait for it, except in the first minutes after the language model was down too: then both will hardly be back at the same moment.
create function held_up_by(job processing_jobs) returns uuid
language sql stable set search_path = public, pg_temp as $$
  select e.id from processing_jobs e
  where e.family_id = job.family_id and e.has_place and (e.received_at, e.message_sid) < (job.received_at, job.message_sid)
    and not (
      e.status = 'deferred' and e.status_reason = 'breaker_open' and e.current_phase in ('download', 'transcribe')
      and exists (select from breakers b where b.phase = 'extract' and b.state = 'closed' and b.changed_at < now() - interval '5 minutes'))
  order by e.received_at desc, e.message_sid desc limit 1
$$;

-- What is to be done with a job, also while its reason says only why it waits: a keyword, a command or a rejection; null: an ordinary message.
create function meant_reason(job processing_jobs) returns text
language sql stable set search_path = public, pg_temp as $$
  select case when is_passing_reason(job.status_reason) then job.held_reason else job.status_reason end
$$;

-- What changes no task is answered at once.
create function has_no_turn(reason text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(reason like 'keyword%' or reason in ('command_list', 'command_board', 'command_help'), false)
$$;

-- claim_job, with one outcome more: in_turn: the family's earlier messages go first. It costs no try, and the job is asked for when it is its turn.
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
        -- Waits for whoever is ending that one just now, and looks again: what commits after this sees that this one waits. A job is locked
        -- before earlier ones of its family, and elsewhere never waited for by whoever has locked an earlier one.
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

-- Asks for those whose turn has come, of each family the first that waits.
create function next_turns(p_most int) returns setof job_step
language sql set search_path = public, pg_temp as $$
  update processing_jobs j set awaits_turn = false, queued_at = now(), sweeps = 0
  where j.id in (
    select w.id from processing_jobs w
    where w.awaits_turn and held_up_by(w) is null and w.id in (
      select distinct on (f.family_id) f.id from processing_jobs f where f.awaits_turn order by f.family_id, f.received_at, f.message_sid)
    limit p_most for update of w skip locked)
  returning 'send'::text, j.message_sid, j.current_phase, j.generation, 0::double precision, 'in_turn'::text, null::text
$$;

-- As before, and asks first for those whose turn it is: whatever ends a place calls this, or the next sweep does.
alter function resume_deferred(int, interval, int, boolean) rename to resume_set_aside;
create function resume_deferred(p_slots int, p_hold interval, p_most int, p_probes boolean) returns setof job_step
language plpgsql set search_path = public, pg_temp as $$
begin
  return query select * from next_turns(p_most);
  return query select * from resume_set_aside(p_slots, p_hold, p_most, p_probes);
end $$;

-- As before. Of replies only one whose turn it is can try.
create or replace function next_probe(p_phase text, p_hold interval, p_delay double precision) returns setof job_step
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

revoke all on function keep_place, step_aside, held_up_by, meant_reason, has_no_turn, claim_in_turn, next_turns, resume_deferred from public;
grant execute on function held_up_by, meant_reason, has_no_turn, claim_in_turn, next_turns, resume_deferred to service_role;
