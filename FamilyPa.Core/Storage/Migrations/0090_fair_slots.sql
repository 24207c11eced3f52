-- What is left of the slots to other families is counted and taken by one at a time: messages of a family that came at the same moment
-- did not see each other's slots, and took them all.

-- Takes a slot that is free, for a job. False: there is none, or its family has as many as it may: all but a quarter (one at least, where
-- there are more than one). Who asks for several families' jobs (without a token) does not wait for whoever is at that: two who wait for
-- each other would be stuck.
create or replace function take_slot(p_job uuid, p_family uuid, p_token uuid, p_for interval, p_slots int) returns boolean
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
