-- As before, and a replay that named too late a phase may step back to the one whose output is missing.
create or replace function enforce_job_transition() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  if new.status = old.status
    or (new.generation > old.generation and new.status in ('received', 'downloading', 'transcribing', 'extracting', 'finalizing'))
    or new.status = any (case old.status
      when 'received' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'failed']
      when 'throttled' then array['received', 'failed']
      when 'downloading' then array['transcribing', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'transcribing' then array['downloading', 'extracting', 'finalizing', 'deferred', 'failed']
      when 'extracting' then array['finalizing', 'deferred', 'failed']
      when 'finalizing' then array['extracting', 'done', 'rejected', 'deferred', 'failed']
      when 'deferred' then array['downloading', 'transcribing', 'extracting', 'finalizing', 'failed']
      when 'failed' then array['downloading', 'transcribing', 'extracting', 'finalizing']
    end)
  then
    return new;
  end if;
  raise exception 'job %: % may not become %', old.message_sid, old.status, new.status using errcode = 'check_violation';
end $$;
