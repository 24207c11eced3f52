-- Operators may read the workspace, where Application Insights' tables have other names than in its own, classic view. The query names its time
-- as well: else the Portal looks at the last day only, and who asks later finds nothing.

create function attempt_logs(p_message_sid text, p_phase text, p_since timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format(
    'AppTraces | where Properties.event_id == "%s" and Properties.phase == "%s" and TimeGenerated >= datetime(%s)',
    p_message_sid, p_phase, to_char(p_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
$$;

revoke all on function attempt_logs from public;
grant execute on function attempt_logs to service_role;

-- claim_job as it is by now, but for this one expression.
do $$
declare
  old constant text :=
    'format(''traces | where customDimensions.event_id == "%s" and customDimensions.phase == "%s"'', p_message_sid, p_phase)';
  definition constant text := pg_get_functiondef('claim_job(text, text, int, interval, int, int, int, interval)'::regprocedure);
begin
  if strpos(definition, old) = 0 then
    raise exception 'claim_job no longer builds the query that this migration replaces';
  end if;
  execute replace(definition, old, 'attempt_logs(p_message_sid, p_phase, now())');
end $$;

-- Of older ones no log line is kept any more. The owner is subject to row security, too.
alter table job_attempts no force row level security;
update job_attempts set logs_url = attempt_logs(substring(logs_url from 'event_id == "([^"]+)"'), phase, created_at)
where created_at > now() - interval '90 days' and logs_url is not null;
alter table job_attempts force row level security;
