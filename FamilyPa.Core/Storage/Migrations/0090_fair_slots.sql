-- What is left of the slots to other families is counted and taken by one at a time: messages of a family that came at the same moment
-- did not see each other's slots, and took them all.

alter function take_slot(uuid, uuid, uuid, interval, int) rename to take_any_slot;

-- Takes a slot that is free, for a job. False: there is none, or its family has as many as it may: all but a quarter (one at least, where
-- there are more than one). Who asks for several families' jobs (without a token) does not wait for whoever is at that: two who wait for
-- each other would be stuck.
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

revoke all on function take_slot from public;
grant execute on function take_slot to service_role;
