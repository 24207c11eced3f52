-- Rejected webhook requests per minute, address and reason, without any of their content.
create table verification_failures (
  minute timestamptz not null,
  address text not null,
  reason text not null,
  failures int not null default 1,
  primary key (minute, address, reason)
);

create table poison_messages (
  id uuid primary key default gen_random_uuid(),
  queue text not null,
  queue_message_id text not null,
  body text not null,
  message_sid text,
  from_address text, -- For erasure: a message that was never stored has no other row.
  cause text not null,
  created_at timestamptz not null default now(),
  unique (queue, queue_message_id)
);
create index poison_messages_sid on poison_messages (message_sid);
create index poison_messages_created on poison_messages (created_at, id);

-- Append-only for the app: it may insert, and time and id are the database's own. Only erase_family changes a row: it removes what the row
-- says about the family.
create table audit_log (
  id uuid primary key default gen_random_uuid(),
  -- operator: with the function key. operator:<name> (<object id>): with a token. owner:<user id>: of the family. retention: the timer.
  actor text not null,
  action text not null,
  message_sid text,
  family_id uuid,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now()
);
create index audit_log_sid on audit_log (message_sid);
create index audit_log_family on audit_log (family_id);
create index audit_log_actor on audit_log (actor, action, created_at);

select migration.protect('verification_failures'), migration.protect('poison_messages', 'select, insert, delete'),
  migration.protect('audit_log', 'select');
grant update (body, from_address) on poison_messages to service_role;
grant insert (actor, action, message_sid, family_id, details, request_id) on audit_log to service_role;

-- Restarts a finished, failed or stuck job at a phase, as a new generation, and writes the audit log. A named phase and those after it run
-- again: their results are deleted, and their calls are charged again.
-- outcome: replayed | already_done (no phase was named) | in_progress (leased) | ingested (the sender is a member now: the caller ingests
--        the message) | unknown_sender | which_family | would_replay, would_ingest (dry run) | null (no such message).
create function replay_job(
  p_message_sid text, p_phase text, p_dry_run boolean, p_actor text, p_request_id text,
  out job_id uuid, out message_sid text, out status text, out generation int, out phase text, out outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  job processing_jobs;
  is_understood_again constant boolean := coalesce(p_phase in ('download', 'transcribe', 'extract'), false);
begin
  select * into job from processing_jobs j where j.message_sid = p_message_sid for update;
  if found then
    job_id := job.id;
    message_sid := job.message_sid;
    status := job.status;
    generation := job.generation;
    -- Keywords and commands need no other phase, and must not become tasks; but a recording may have been misheard as a command.
    phase := case
      when exists (
        select from inbound_messages m
        where m.message_sid = job.message_sid and (m.classification like 'keyword%' or (m.classification like 'command%' and (m.num_media = 0 or p_phase is null)))) then 'finalize'
      else coalesce(p_phase, job.current_phase) end;
    outcome := case
      when job.leased_until > clock_timestamp() then 'in_progress'
      when p_phase is null and job.status in ('done', 'rejected') then 'already_done'
      when p_dry_run then 'would_replay'
      else 'replayed' end;
  else
    select u.message_sid, 'unmatched', case
        when u.invited or not exists (select from members_at(u.from_address)) then 'unknown_sender'
        when u.waiting_for is not null and not (select family_is_clear(m.user_id) from members_at(u.from_address) m limit 1) then 'which_family'
        when p_dry_run then 'would_ingest'
        else 'ingested' end
    into message_sid, status, outcome
    from unmatched_messages u where u.message_sid = p_message_sid;
    if not found then return; end if;
  end if;

  if outcome = 'replayed' then
    if phase <> 'finalize' then
      update inbound_messages m set classification = 'ordinary' where m.message_sid = job.message_sid and m.classification like 'command%';
    end if;
    if p_phase = 'download' then
      -- Stored content is not downloaded again: Twilio's copy has been deleted.
      delete from media_files f where f.message_sid = job.message_sid and f.blob_name is null;
    end if;
    if p_phase in ('download', 'transcribe') then
      update media_files f set reason = null where f.message_sid = job.message_sid and f.reason = 'unsupported_audio';
      delete from voice_transcriptions t where t.message_sid = job.message_sid;
    end if;
    -- A rejection is dropped when the phase that may have found it runs again.
    if is_understood_again then job.rejection := null; job.extraction := null; end if;
    update processing_jobs j
    set generation = j.generation + 1, status = phase_status(phase), current_phase = phase,
        status_reason = reason_of(job), rejection = job.rejection, extraction = job.extraction,
        error_code = null, error_message = null, error_stack = null, completed_at = null, resume_at = null, dispatched_at = null,
        keeps_position = false, lease_token = null, leased_until = null, queued_at = now(), sweeps = 0
    where j.id = job.id
    returning j.status, j.generation into status, generation;
    perform release_leases(job);
  end if;

  insert into audit_log (actor, action, message_sid, family_id, details, request_id)
  values (p_actor, case when p_dry_run then 'replay_preview' else 'replay' end, message_sid, job.family_id,
          jsonb_build_object('from_phase', p_phase, 'outcome', outcome, 'generation', generation), p_request_id);
end $$;
