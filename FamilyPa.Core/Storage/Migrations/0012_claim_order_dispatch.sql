-- A job's life. Only these functions change its status: claim_job, complete_phase, finish_job, fail_attempt, defer_job and
-- fail_job, replay_job, and the app's LimitMaintenance. They lock in the order job, slots, breaker; of a family's jobs the later first. Those that take p_attempt belong
-- to a transaction that began with hold_lease.

-- The state machine. Only a new generation (an operator's replay) takes a finished job back to a phase.
create function enforce_job_transition() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  if new.status = old.status
    or (new.generation > old.generation and new.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing'))
    or new.status = any (case old.status
      when 'received' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'failed']
      when 'throttled' then array['received', 'downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'downloading' then array['transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'transcribing' then array['downloading', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'extracting' then array['finalizing', 'deferred', 'failed']
      when 'finalizing' then array['extracting', 'done', 'rejected', 'deferred', 'failed']
      when 'deferred' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'failed']
      when 'failed' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred']
    end)
  then
    return new;
  end if;
  raise exception 'job %: % may not become %', old.message_sid, old.status, new.status using errcode = 'check_violation';
end $$;
create trigger processing_jobs_transition before update on processing_jobs for each row execute function enforce_job_transition();

create function record_job_transition() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into job_transitions (job_id, generation, from_status, to_status, reason)
  values (new.id, new.generation, old.status, new.status, new.status_reason);
  return null;
end $$;
create trigger processing_jobs_transition_recorded after update on processing_jobs
  for each row when (old.status <> new.status or old.generation <> new.generation) execute function record_job_transition();

-- The message that a message quotes, and the one that this answers.
create function quoted_messages(message inbound_messages) returns text[] language sql stable set search_path = public, pg_temp as $$
  select array_remove(array_append(
    array(select o.message_sid from outbound_messages o where o.family_id = message.family_id and o.provider_sid = message.raw_payload ->> 'OriginalRepliedMessageSid'),
    message.raw_payload ->> 'OriginalRepliedMessageSid'), null) $$;

-- Tasks that a message may be about: those of the message that it quotes, of the last list and the last reminder that its sender saw, of the
-- last day, and open ones with a word of the message in their title.
create function task_context(message inbound_messages) returns json
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return (
  with turns as (
    select c.kind, c.task_ids[:coalesce(c.shown_count, cardinality(c.task_ids))] as task_ids, o.created_at as at
    from chat_turns c
    join outbound_messages o on o.message_sid = c.message_sid and o.kind in ('reply', 'reminder', 'task_notice', 'digest') and o.status in ('sending', 'sent', 'uncertain')
    where c.family_id = message.family_id and c.user_id = message.user_id and c.message_sid <> message.message_sid
      and c.at between message.created_at - interval '7 days' and message.created_at
      -- The reply to what the sender said a moment before.
      and (o.created_at <= message.created_at or c.kind = 'added' and c.at > message.created_at - interval '10 seconds')),
  quoted (ids) as (
    select array(
      select unnest(c.task_ids) from chat_turns c
      where c.family_id = message.family_id and c.message_sid = any (quoted_messages(message)))),
  shown (ids) as (select (select t.task_ids from turns t where t.kind in ('list', 'added')
    -- "The second" is of the list that the sender looks at, whatever was added meanwhile.
    order by t.at > message.created_at and exists (
      select from turns l where l.kind = 'list' and l.at between message.created_at - interval '10 minutes' and message.created_at), t.at desc limit 1)),
  reminded (ids, is_last) as (
    select t.task_ids, not exists (select from turns l where l.kind <> 'reminder' and l.at > t.at)
    from (select) one left join (select * from turns where kind = 'reminder' order by at desc limit 1) t on true),
  said (words) as (
    select array(select distinct w from regexp_split_to_table(lower(concat_ws(' ', message.body, (
      select string_agg(v.transcript, ' ') from voice_transcriptions v where v.message_sid = message.message_sid))), '[^[:alnum:]]+') w where length(w) > 2)),
  latest as (
    select t.id, t.title, t.updated_at from tasks t
    where t.family_id = message.family_id and t.status in ('open', 'in_progress') order by t.updated_at desc limit 300),
  candidates (id, rank, matches) as (
    select unnest(ids), 1, 0 from quoted union all select unnest(ids), 2, 0 from shown union all select unnest(ids), 3, 0 from reminded
    union all
    select l.id, 4, m.matches
    from latest l, said, lateral (select count(*) as matches from regexp_split_to_table(lower(l.title), '[^[:alnum:]]+') w where w = any (said.words)) m
    where m.matches > 0
    union all (
      select t.id, 5, 0 from tasks t
      where t.family_id = message.family_id and t.status <> 'canceled' and t.updated_at between message.created_at - interval '1 day' and message.created_at
      order by t.updated_at desc limit 20))
  select coalesce(json_agg(json_build_object(
    'Id', t.id, 'Title', t.title, 'Notes', t.notes, 'Category', t.category, 'Assignees', assignee_names(t), 'DueAt', t.due_at, 'DueAllDay', t.due_all_day,
    'Recurrence', (select s.rule from series s where s.id = t.series_id and s.ended_at is null),
    'IsDone', t.status = 'done', 'Shown', array_position(shown.ids, t.id), 'IsQuoted', t.id = any (quoted.ids),
    'IsReminded', coalesce(reminded.is_last and t.id = any (reminded.ids), false)) order by c.rank, t.due_at, t.created_at, t.ordinal), '[]')
  from (select id, min(rank) as rank from candidates group by id order by min(rank), max(matches) desc limit 40) c
  join tasks t on t.id = c.id and t.family_id = message.family_id and t.status <> 'canceled', quoted, shown, reminded);
end $$;

-- What a phase needs besides the text: attachments, transcripts, open questions. The keys are the property names of the app's record.
create function phase_input(message inbound_messages, p_phase text, p_answer_within interval) returns json
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return json_build_object(
    'Media', (
      select coalesce(json_agg(json_build_object('Ordinal', n, 'Url', message.raw_payload ->> ('MediaUrl' || n),
        'DeclaredType', message.raw_payload ->> ('MediaContentType' || n)) order by n), '[]')
      from generate_series(0, message.num_media - 1) n where message.raw_payload ? ('MediaUrl' || n)
        -- How an MMS lays out its parts.
        and coalesce(message.raw_payload ->> ('MediaContentType' || n), '') !~* '^\s*application/(x-)?smil\M'),
    'Files', (
      select coalesce(json_agg(json_build_object('Ordinal', f.ordinal, 'ContentType', f.content_type, 'BlobName', f.blob_name,
        'Seconds', f.seconds, 'Reason', f.reason) order by f.ordinal), '[]')
      from media_files f where f.message_sid = message.message_sid),
    'Transcripts', (
      select coalesce(json_agg(json_build_object('Ordinal', t.ordinal, 'Text', t.transcript, 'Language', t.language) order by t.ordinal), '[]')
      from voice_transcriptions t where t.message_sid = message.message_sid),
    'Questions', (
      select coalesce(json_agg(json_build_object('Id', c.id, 'TaskId', c.task_id, 'Asked', c.question,
        'About', left(coalesce(nullif(a.body, ''), v.said, ''), 1000),
        'Title', t.title, 'Notes', t.notes, 'Category', t.category, 'Assignees', assignee_names(t),
        'DueAt', t.due_at, 'DueAllDay', coalesce(t.due_all_day, false), 'Pending', c.pending::text, 'IsQuoted', q.is_quoted)
        order by q.is_quoted, c.asked_at), '[]')
      from clarifications c cross join lateral (select c.message_sid = any (quoted_messages(message)) as is_quoted) q
      left join tasks t on t.id = c.task_id
      left join inbound_messages a on a.message_sid = c.message_sid
      left join lateral (select string_agg(x.transcript, ' ' order by x.ordinal) as said
        from voice_transcriptions x where x.message_sid = c.message_sid) v on true
      where c.family_id = message.family_id and c.user_id = message.user_id and c.message_sid <> message.message_sid
        and (c.answered_by is null or c.answered_by = message.message_sid)
        and message.created_at >= c.asked_at and (q.is_quoted or message.created_at <= c.asked_at + p_answer_within)
        and (c.task_id is null or t.status in ('open', 'in_progress'))),
    'Missed', (
      select coalesce(jsonb_agg(distinct jsonb_build_object('Title', t.title, 'By', by.display_name, 'IsDone', n.kind = 'completed')), '[]')
      from outbound_messages o
      cross join lateral (select split_part(o.message_sid, ':', 1)) n (kind)
      left join chat_turns c on c.message_sid = o.message_sid
      join tasks t on t.id = any (coalesce(c.task_ids, array[split_part(o.message_sid, ':', 2)::uuid]))
      left join family_members by on by.family_id = t.family_id and by.user_id = case n.kind when 'assigned' then t.assigned_by when 'completed' then t.completed_by end
      where o.family_id = message.family_id and o.is_missed and coalesce(o.told_by, message.message_sid) = message.message_sid
        and canonical_number(o.to_address) = message.from_phone and (n.kind not in ('assigned', 'completed') or by.user_id is not null) and case n.kind when 'completed' then t.status = 'done' else t.status in ('open', 'in_progress') end),
    -- For a week after our number was refused, it counts as one for WhatsApp only.
    'TakesSms', p_phase = 'finalize' and exists (
      select from family_members m
      where m.family_id = message.family_id and m.user_id = message.user_id and m.phone_e164 is not null and not is_closed(m.phone_e164)
        and not exists (select from closed_channels c where c.address = without_channel(message.to_address) and c.closed_at > now() - interval '7 days')),
    'Tasks', case when p_phase = 'extract' and message.classification = 'ordinary' then task_context(message) else '[]' end,
    'Lists', case when p_phase = 'extract' and message.classification = 'ordinary' then (
      select coalesce(json_agg(distinct t.category), '[]') from tasks t
      where t.family_id = message.family_id and t.category is not null and t.status <> 'canceled') else '[]' end,
    -- The family's open tasks of the last day, and those that no day ends, without those of this message.
    'Recent', case when p_phase = 'finalize' and message.classification = 'ordinary' then (
      select coalesce(json_agg(json_build_object('Id', t.id, 'Title', t.title, 'DueAt', t.due_at, 'Assignees', t.assignees, 'CreatedAt', t.created_at, 'Category', t.category)), '[]')
      from (
        select n.id, n.title, n.due_at, n.assignees, n.created_at, n.category from tasks n
        where n.family_id = message.family_id and n.status in ('open', 'in_progress') and n.source_message_sid is distinct from message.message_sid
          and (n.created_at > message.created_at - interval '1 day' or n.due_at is null and n.category is not null)
        order by n.created_at desc limit 500) t) else '[]' end,
    'Forwarded', coalesce(message.raw_payload ->> 'Forwarded' = 'true', false),
    'IsRecognisedKeyword', coalesce(message.raw_payload ? 'OptOutType', false));
end $$;

-- Expensive phases (transcribe, extract) need a slot. It is leased with its job, or for a moment reserved for a dispatched job. After the
-- lease it is free again.
create table job_slots (
  slot int primary key,
  job_id uuid,
  family_id uuid references families (id) on delete cascade,
  lease_token uuid,
  leased_until timestamptz
) with (fillfactor = 10);

select migration.protect('job_slots');

-- A family's maximum: three quarters of the slots, at least one.
create function max_family_slots(p_slots int) returns int language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin return greatest(1, p_slots - greatest(1, p_slots / 4)); end $$;

create function has_max_slots(p_family uuid, p_slots int) returns boolean language plpgsql volatile set search_path = public, pg_temp as $$
begin
  return (
    select count(*) >= max_family_slots(p_slots) from job_slots s where s.family_id = p_family and s.leased_until > clock_timestamp());
end $$;

-- Leases a free slot to a job, unless its family has its maximum. Without a token the caller dispatches for several families and does not
-- wait for the lock, to avoid a deadlock.
create function take_slot(p_job processing_jobs, p_token uuid, p_for interval, p_slots int) returns boolean language plpgsql set search_path = public, pg_temp as $$
declare family constant bigint := hashtextextended(p_job.family_id::text, 0);
begin
  if has_max_slots(p_job.family_id, p_slots) then
    return false;
  elsif p_token is not null then
    perform pg_advisory_xact_lock(family);
  elsif not pg_try_advisory_xact_lock(family) then
    return false;
  end if;
  if has_max_slots(p_job.family_id, p_slots) then return false; end if;

  if (select count(*) from job_slots) < p_slots then
    insert into job_slots (slot) select generate_series(1, p_slots) on conflict do nothing;
  end if;
  update job_slots s set job_id = p_job.id, family_id = p_job.family_id, lease_token = p_token, leased_until = clock_timestamp() + p_for
  where s.slot = (
    select f.slot from job_slots f
    where f.slot <= p_slots and (f.leased_until is null or f.leased_until < clock_timestamp())
    order by f.slot limit 1 for update skip locked);
  return found;
end $$;

-- Frees what jobs held with their leases: slots, and the probe of a breaker, which another job may then be at once.
create function release_leases(variadic p_jobs processing_jobs[]) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  update job_slots s set job_id = null, family_id = null, lease_token = null, leased_until = null
  where s.job_id in (select j.id from unnest(p_jobs) j);
  update breakers b set state = 'open', retry_at = now(), probe_until = null
  where b.state = 'half_open' and b.probe_token in (select j.lease_token from unnest(p_jobs) j);
end $$;

-- Defers a job until dispatch_deferred or its own queue message brings it back. p_keeps_position: later messages of its family wait for it.
create function defer_job(p_job processing_jobs, p_reason text, p_resume_at timestamptz, p_keeps_position boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update processing_jobs j
  set status = 'deferred', status_reason = p_reason, resume_at = p_resume_at, dispatched_at = null, keeps_position = p_keeps_position,
      lease_token = null, leased_until = null, completed_at = null
  where j.id = p_job.id;
  perform release_leases(p_job);
end $$;

-- The nearest earlier job of the family that a job waits for in finalize; null when there is none. A typed message does not wait for a
-- recording whose service is down, except within five minutes of an outage of the chat model, when both services may recover together.
create function job_ahead(job processing_jobs) returns uuid language plpgsql stable set search_path = public, pg_temp as $$
begin
  return (
    select e.id from processing_jobs e
    where e.family_id = job.family_id and e.keeps_position and (e.received_at, e.message_sid) < (job.received_at, job.message_sid)
      and not (
        e.status = 'deferred' and e.status_reason = 'breaker_open' and e.current_phase in ('download', 'transcribe')
        and exists (select from breakers b where b.phase = 'extract' and b.state = 'closed' and b.changed_at < now() - interval '5 minutes'))
    order by e.received_at desc, e.message_sid desc limit 1);
end $$;

-- Decides what a queue message does, and leases the job to the caller if it may run. The first outcome that applies:
--
-- outcome     when                                                                 then
-- unknown     there is no job                                                      the caller dead-letters the message
-- finished    the job is done or rejected                                          nothing
-- superseded  the message's generation is older                                    nothing
-- elsewhere   the job is in another phase                                          the caller queues current_phase
-- leased      another worker holds the lease                                       the caller queues again after wait_seconds
-- throttled   it is throttled                                              (*)     LimitMaintenance starts it
-- deferred    it is deferred and not yet due                               (*)     dispatch_deferred brings it back
-- exhausted   max_attempts failed or were abandoned                                the caller dead-letters the message
-- follows     extract, and one or two messages of its sender, of at most ten
--             seconds before it, are in progress; for ten seconds          (*)     the caller queues again after wait_seconds
-- waits_for_earlier
--             finalize, and an earlier job of the family keeps its position (*)    deferred, until no job is ahead of it
-- deferred    breaker_open: the phase's service is down                            deferred, keeps its position
--             sender_paused: the sender's messages keep failing            (*)     deferred until the end of the pause
--             no_slot: no slot, or an earlier job of the family waits for one      deferred, keeps its position
-- claimed     otherwise                                                            leased; is_probe: it tests an open breaker
--
-- (*) Not for a message without a generation, which an operator queued by hand.
create function claim_job(
  p_message_sid text, p_phase text, p_generation int, p_limits job_limits,
  out outcome text, out job_id uuid, out generation int, out current_phase text, out wait_seconds double precision,
  out lease_token uuid, out attempt_id uuid, out attempt_number int, out reason text, out is_probe boolean)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  reason_now text;
  ahead uuid;
  breaker breakers;
  due timestamptz := now();
  attempts record;
  is_expensive constant boolean := p_phase in ('transcribe', 'extract');
  by_hand constant boolean := p_generation is null;
begin
  select * into job from processing_jobs j where j.message_sid = p_message_sid for update;
  job_id := job.id;
  generation := job.generation;
  current_phase := job.current_phase;
  outcome := case
    when job.id is null then 'unknown'
    when job.status in ('done', 'rejected') or (job.status = 'failed' and job.status_reason = 'not_retryable' and not by_hand) then 'finished'
    when p_generation < job.generation then 'superseded'
    when p_phase <> job.current_phase then 'elsewhere'
    when job.leased_until > clock_timestamp() then 'leased'
    when by_hand then null
    when job.status = 'throttled' then 'throttled'
    when job.status = 'deferred' and job.dispatched_at is null and job.resume_at > now() then 'deferred' end;
  if outcome is not null then
    wait_seconds := extract(epoch from case outcome when 'leased' then job.leased_until - clock_timestamp() when 'deferred' then job.resume_at - now() end);
    reason := case outcome when 'deferred' then job.status_reason end;
    return;
  end if;

  select coalesce(max(a.attempt_number), 0) as latest, coalesce(bool_or(a.outcome = 'running'), false) as is_running,
         count(*) filter (where a.generation = job.generation and a.phase = p_phase and a.outcome in ('failed', 'abandoned', 'running')) as lost
  into attempts from job_attempts a where a.job_id = job.id;
  if attempts.is_running then
    -- The lease that is left has expired, so its process is dead.
    update job_attempts a set outcome = 'abandoned' where a.job_id = job.id and a.outcome = 'running';
  end if;
  if job.status <> 'failed' and p_limits.max_attempts <= attempts.lost then
    outcome := 'exhausted';
    return;
  end if;

  reason_now := reason_of(job);
  -- "No, oat milk" half a second later is about a task that does not exist yet. A sender of three more at once is not correcting one.
  if p_phase = 'extract' and not by_hand and job.status in ('received', 'extracting') and job.received_at > now() - interval '10 seconds' and (
    select count(*)
    from inbound_messages mine
    join inbound_messages earlier on earlier.family_id = mine.family_id and earlier.user_id = mine.user_id
      and earlier.created_at > mine.created_at - interval '10 seconds' and (earlier.created_at, earlier.message_sid) < (mine.created_at, mine.message_sid)
    join processing_jobs e on e.message_sid = earlier.message_sid
      and e.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing') and e.error_code is null
      -- With its reply its tasks are stored.
      and not exists (select from outbound_messages o where o.message_sid = e.message_sid and o.kind = 'reply')
    where mine.message_sid = job.message_sid) between 1 and 2
  then
    outcome := 'follows';
    wait_seconds := 0;
    return;
  end if;
  -- Keywords, and commands that change no task, are answered at once.
  if p_phase = 'finalize' and not by_hand and job.status <> 'failed'
    and coalesce(reason_now not like 'keyword%' and reason_now not in ('command_list', 'command_board', 'command_help'), true)
  then
    -- "undo" half a second later means the message that is still being worked on.
    if reason_now like 'command%' then
      update processing_jobs e set keeps_position = true
      from inbound_messages mine, inbound_messages earlier
      where mine.message_sid = job.message_sid and earlier.message_sid = e.message_sid and earlier.user_id = mine.user_id
        and e.family_id = job.family_id and not e.keeps_position and e.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing')
        and (e.received_at, e.message_sid) < (job.received_at, job.message_sid) and e.received_at > job.received_at - interval '10 minutes';
    end if;
    loop
      ahead := job_ahead(job);
      exit when ahead is null;
      -- Waits for a transaction that is ending the earlier job (hold_lease locks it for update), and checks again. A key share lock does not
      -- hide the earlier job from a dispatch, which skips locked rows.
      perform from processing_jobs e where e.id = ahead and e.keeps_position for key share;
      if found then
        perform defer_job(job, 'waits_for_earlier', now(), true);
        outcome := 'waits_for_earlier';
        return;
      end if;
    end loop;
  end if;

  lease_token := gen_random_uuid();
  is_probe := false;
  select * into breaker from breakers b where b.phase = p_phase;
  if breaker.state = 'open' and breaker.retry_at > clock_timestamp()
    or breaker.state = 'half_open' and breaker.probe_until >= clock_timestamp() then
    reason := 'breaker_open';
    due := case breaker.state when 'open' then breaker.retry_at else now() end;
  elsif is_expensive then
    if not by_hand then
      select 'sender_paused', l.failed_at + p_limits.sender_pause into reason, due
      from sender_limits l join inbound_messages i on i.family_id = l.family_id and i.user_id = l.user_id
      where i.message_sid = p_message_sid and l.failures >= p_limits.sender_failures and l.failed_at + p_limits.sender_pause > now();
      due := coalesce(due, now());
      if reason is null and job.status <> 'deferred' and exists (
        select from processing_jobs e
        where e.family_id = job.family_id and e.status = 'deferred' and e.current_phase = p_phase
          and e.status_reason in ('no_slot', 'breaker_open') and e.received_at < job.received_at) then
        reason := 'no_slot';
      end if;
    end if;
    if reason is null then
      -- The slot that was reserved at dispatch, or a free one.
      update job_slots s set lease_token = claim_job.lease_token, leased_until = clock_timestamp() + p_limits.lease
      where s.job_id = job.id and s.leased_until > clock_timestamp();
      if not found and not take_slot(job, lease_token, p_limits.lease, p_limits.slots) then reason := 'no_slot'; end if;
    end if;
  end if;
  if reason is null and breaker.state <> 'closed' then
    update breakers b set state = 'half_open', probe_token = claim_job.lease_token, probe_until = clock_timestamp() + p_limits.lease
    where b.phase = p_phase
      and (b.state = 'open' and b.retry_at <= clock_timestamp() or b.state = 'half_open' and b.probe_until < clock_timestamp());
    is_probe := found;
    -- Another job became the probe, unless the breaker has closed.
    if not found and exists (select from breakers b where b.phase = p_phase and b.state <> 'closed') then
      reason := 'breaker_open';
    end if;
  end if;
  if reason is not null then
    perform defer_job(job, reason, due, reason <> 'sender_paused');
    outcome := 'deferred';
    wait_seconds := greatest(0, extract(epoch from due - now()));
    return;
  end if;

  outcome := 'claimed';
  -- Whatever this attempt does is written by a later transaction, which is durable and has this one before it in the log.
  perform set_config('synchronous_commit', 'off', true);
  update processing_jobs j
  set status = phase_status(p_phase), status_reason = reason_now, lease_token = claim_job.lease_token, leased_until = clock_timestamp() + p_limits.lease,
      started_at = coalesce(j.started_at, now()), completed_at = null, resume_at = null, dispatched_at = null
  where j.id = job.id;
  insert into job_attempts (job_id, attempt_number, generation, phase, logs_url)
  -- The Log Analytics query names a start time because the Portal otherwise searches the last day only.
  values (job.id, attempts.latest + 1, job.generation, p_phase, format(
    'AppTraces | where Properties.message_sid == "%s" and Properties.phase == "%s" and TimeGenerated >= datetime(%s)',
    p_message_sid, p_phase, to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
  returning job_attempts.id, job_attempts.attempt_number into attempt_id, attempt_number;
end $$;

-- Extends a lease. False when another worker holds the job.
create function renew_lease(p_job uuid, p_token uuid, p_for interval) returns boolean language plpgsql set search_path = public, pg_temp as $$
begin
  update processing_jobs j set leased_until = clock_timestamp() + p_for where j.id = p_job and j.lease_token = p_token;
  if not found then return false; end if;
  update job_slots s set leased_until = clock_timestamp() + p_for where s.lease_token = p_token;
  update breakers b set probe_until = clock_timestamp() + p_for where b.probe_token = p_token and b.state = 'half_open';
  return true;
end $$;

-- Dispatches the probe of an open breaker: the oldest waiting job. Jobs with an error code come last, least recently updated first, because
-- a job that always fails would keep the breaker open.
create function dispatch_probe(p_phase text, p_hold interval, p_delay double precision) returns setof post_commit_action
language sql set search_path = public, pg_temp as $$
  update processing_jobs j set dispatched_at = case when p_delay = 0 then now() end
  where j.id = (
    select d.id from processing_jobs d
    where d.status = 'deferred' and d.current_phase = p_phase and (d.status_reason = 'breaker_open' or d.resume_at <= now())
      and (d.dispatched_at is null or d.dispatched_at < now() - p_hold)
      and case p_phase when 'finalize' then job_ahead(d) is null else true end
    order by d.error_code is not null, case when d.error_code is not null then d.updated_at end, d.received_at, d.message_sid
    limit 1 for no key update skip locked)
  returning 'send'::text, j.message_sid, j.current_phase, j.generation, p_delay, null::text, null::text $$;

-- Dispatches due deferred jobs whose service works, oldest first. p_probes: also one job per breaker that is due for a probe.
-- download, finalize: up to dispatch_most. Of the jobs that are waits_for_earlier: the first of each family, when no job is ahead of it.
-- transcribe, extract: one per free slot, families with fewer slots first. The slot stays reserved for dispatch_hold.
create function dispatch_deferred(p_limits job_limits, p_probes boolean) returns setof post_commit_action language plpgsql set search_path = public, pg_temp as $$
declare
  due record;
  job processing_jobs;
  closed constant text[] := array(select b.phase from breakers b where b.state = 'closed');
  max_per_family constant int := max_family_slots(p_limits.slots);
  free int;
begin
  if not exists (select from processing_jobs j where j.status = 'deferred') then return; end if;

  if p_probes then
    for due in select b.phase from breakers b
      where b.state = 'open' and b.retry_at <= clock_timestamp() or b.state = 'half_open' and b.probe_until < clock_timestamp()
    loop
      return query select * from dispatch_probe(due.phase, p_limits.dispatch_hold, 0);
    end loop;
  end if;

  return query
    update processing_jobs j set dispatched_at = now()
    where j.id in (
      select d.id from processing_jobs d
      where d.status = 'deferred' and d.current_phase in ('download', 'finalize') and d.current_phase = any (closed) and d.resume_at <= now()
        and (d.dispatched_at is null or d.dispatched_at < now() - p_limits.dispatch_hold)
        and (d.status_reason is distinct from 'waits_for_earlier' or d.id in (
          select distinct on (f.family_id) f.id from processing_jobs f
          where f.status_reason = 'waits_for_earlier' order by f.family_id, f.received_at, f.message_sid) and job_ahead(d) is null)
      order by d.received_at, d.message_sid limit p_limits.dispatch_most for no key update of d skip locked)
    returning 'send'::text, j.message_sid, j.current_phase, j.generation, 0::double precision,
              case j.status_reason when 'waits_for_earlier' then j.status_reason end, null::text;

  free := p_limits.slots - (select count(*) from job_slots s where s.slot <= p_limits.slots and s.leased_until > clock_timestamp());
  if free <= 0 then return; end if;
  for due in
    with held as (select s.family_id, count(*) as slots from job_slots s where s.leased_until > clock_timestamp() group by s.family_id)
    select r.* from (
      select c.*, coalesce(h.slots, 0) + row_number() over (partition by c.family_id order by c.received_at, c.message_sid) as rank
      from (
        select j.id, j.family_id, j.message_sid, j.received_at
        from processing_jobs j
        where j.status = 'deferred' and j.current_phase in ('transcribe', 'extract') and j.current_phase = any (closed) and j.resume_at <= now()
          and (j.dispatched_at is null or j.dispatched_at < now() - p_limits.dispatch_hold)
          and not exists (select from held f where f.family_id = j.family_id and f.slots >= max_per_family)
        order by j.received_at, j.message_sid limit 64) c
      left join held h on h.family_id = c.family_id) r
    where r.rank <= max_per_family order by r.rank, r.received_at, r.message_sid limit least(free, p_limits.dispatch_most)
  loop
    select * into job from processing_jobs j
    where j.id = due.id and j.status = 'deferred' and (j.dispatched_at is null or j.dispatched_at < now() - p_limits.dispatch_hold)
    for no key update skip locked;
    continue when not found;
    exit when not take_slot(job, null, p_limits.dispatch_hold, p_limits.slots);
    update processing_jobs j set dispatched_at = now() where j.id = job.id;
    return next row('send', job.message_sid, job.current_phase, job.generation, 0, null, null)::post_commit_action;
  end loop;
end $$;

create function attempted_job(p_attempt uuid) returns processing_jobs language plpgsql stable set search_path = public, pg_temp as $$
begin return (select j from processing_jobs j join job_attempts a on a.job_id = j.id where a.id = p_attempt); end $$;

create function end_attempt(
  p_attempt uuid, p_outcome text, p_code text default null, p_message text default null, p_stack text default null, p_dependency text default null) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  update job_attempts a
  set outcome = p_outcome, error_code = p_code, error_message = p_message, error_stack = p_stack, dependency = p_dependency,
      latency_ms = extract(epoch from clock_timestamp() - a.created_at) * 1000
  where a.id = p_attempt;
end $$;

-- Closes the breaker if the service answered, then dispatches deferred jobs. The last step of complete_phase, finish_job and fail_attempt.
-- p_job: the job as it was with its lease.
create function report_answer_and_dispatch(p_job processing_jobs, p_answered boolean, p_limits job_limits) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
begin
  if p_answered then return query select * from breaker_answered(p_job); end if;
  return query select * from dispatch_deferred(p_limits, false);
end $$;

-- Moves a job to its next phase. p_rejection: there is nothing to process, and finalize says why. p_extraction: the extract phase's result.
create function complete_phase(
  p_attempt uuid, p_next text, p_rejection text, p_extraction jsonb, p_answered boolean, p_limits job_limits) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare job constant processing_jobs := attempted_job(p_attempt);
begin
  update processing_jobs j
  set status = phase_status(p_next), current_phase = p_next,
      rejection = coalesce(p_rejection, j.rejection), status_reason = coalesce(p_rejection, j.status_reason), extraction = coalesce(p_extraction, j.extraction),
      error_code = null, error_message = null, error_stack = null, lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
  where j.id = job.id;
  perform release_leases(job);
  perform end_attempt(p_attempt, 'succeeded');
  return query select * from report_answer_and_dispatch(job, p_answered, p_limits);
end $$;

-- Ends a job as done or rejected. p_uncertain: the error after which the reply may or may not have been sent. It counts as a failure of the
-- service.
create function finish_job(p_attempt uuid, p_status text, p_answered boolean, p_uncertain text, p_limits job_limits) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare job constant processing_jobs := attempted_job(p_attempt);
begin
  update processing_jobs j
  set status = p_status, keeps_position = false, completed_at = now(),
      error_code = null, error_message = null, error_stack = null, lease_token = null, leased_until = null
  where j.id = job.id;
  perform release_leases(job);
  perform end_attempt(p_attempt, 'succeeded');
  perform count_sender_failure(job.message_sid, false);
  if p_uncertain is not null then
    return query
      select 'opened'::text, null::text, job.current_phase, null::int, f.delay_seconds, null::text, p_uncertain
      from breaker_failed(job, p_uncertain, p_limits) f where f.opened;
  end if;
  return query select * from report_answer_and_dispatch(job, p_answered, p_limits);
end $$;

-- Ends a failed attempt: its queue message is delivered again, or dead-lettered by the caller if the failure is final. While the service's breaker
-- is open, or for its Retry-After, the job is deferred, which does not count as a try.
create function fail_attempt(p_attempt uuid, p_failure attempt_failure, p_limits job_limits) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  job constant processing_jobs := attempted_job(p_attempt);
  opened boolean := false;
  open_for double precision;
  delay double precision;
  result text;
begin
  perform release_leases(job);
  if p_failure.is_fault then
    select f.opened, f.delay_seconds into opened, open_for from breaker_failed(job, p_failure.code, p_limits) f;
    delay := greatest(open_for, p_failure.wait_seconds);
  end if;
  result := case when delay is null then 'failed' else 'deferred' end;

  update processing_jobs j
  set error_code = p_failure.code, error_message = p_failure.message, error_stack = p_failure.stack, retry_count = j.retry_count + (delay is null)::int,
      keeps_position = false, lease_token = null, leased_until = null, queued_at = now() + interval '1 minute',
      status_reason = case when p_failure.is_final then 'not_retryable' else j.status_reason end
  where j.id = job.id;
  if delay is not null then
    -- Later messages of the family wait only for an outage, not for retries, and not for a reply that could not be sent.
    perform defer_job(job, 'breaker_open', now() + delay * interval '1 second', job.current_phase <> 'finalize' and open_for is not null);
  end if;
  if p_failure.is_uncharged then
    perform end_reservation(r.id, 'released', 0) from ai_reservations r where r.attempt_id = p_attempt and r.status = 'reserved';
  end if;
  perform end_attempt(p_attempt, result, p_failure.code, p_failure.message, p_failure.stack,
    (select b.dependency from breakers b where p_failure.is_fault and b.phase = job.current_phase));
  return next row(result, job.message_sid, job.current_phase, job.generation, delay,
    case when delay is not null then 'breaker_open' end, p_failure.code)::post_commit_action;
  if opened then
    return next row('opened', null, job.current_phase, null, open_for, null, p_failure.code)::post_commit_action;
    return query select * from dispatch_probe(job.current_phase, p_limits.dispatch_hold, open_for);
  elsif delay is not null and open_for is null then
    -- The breaker is not open, so the job's own queue message resumes it.
    return next row('send', job.message_sid, job.current_phase, job.generation, delay, null, null)::post_commit_action;
  end if;
  return query select * from report_answer_and_dispatch(job, p_failure.answered, p_limits);
end $$;

-- Returns a job whose attempt the platform interrupted, which does not count as a try.
create function hand_back(p_attempt uuid) returns void language plpgsql set search_path = public, pg_temp as $$
declare job constant processing_jobs := attempted_job(p_attempt);
begin
  update processing_jobs j set lease_token = null, leased_until = null, queued_at = now() where j.id = job.id;
  perform release_leases(job);
  perform end_attempt(p_attempt, 'handed_back');
end $$;

-- Fails the job of a dead-lettered queue message, unless it has moved on since.
create function fail_job(p_message_sid text, p_phase text, p_generation int) returns void language plpgsql set search_path = public, pg_temp as $$
declare job processing_jobs;
begin
  select * into job from processing_jobs j
  where j.message_sid = p_message_sid and j.current_phase = p_phase and j.generation <= coalesce(p_generation, j.generation)
    and j.status not in ('done', 'rejected', 'failed') and (j.leased_until is null or j.leased_until < clock_timestamp())
  for update;
  if not found then return; end if;
  update processing_jobs j
  set status = 'failed', status_reason = case j.status_reason when 'not_retryable' then j.status_reason else 'retries_exhausted' end,
      keeps_position = false, completed_at = now(), lease_token = null, leased_until = null
  where j.id = job.id;
  perform release_leases(job);
  -- A worker that died in the last try could not record how it ended.
  update job_attempts a set outcome = 'abandoned' where a.job_id = job.id and a.outcome = 'running';
  perform count_sender_failure(p_message_sid, true);
end $$;
