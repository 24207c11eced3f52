-- Reminders of tasks that are due. What is sent is a row of outbound_messages like a reply, under the key of reminder_key.

-- A name that this server does not know reads as UTC, as it does in the app: one family's must not keep the others from being reminded.
create function zone_or_utc(p_zone text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform now() at time zone p_zone;
  return p_zone;
exception
  when invalid_parameter_value then return 'UTC';
end $$;

-- Quiet from one time of day until another, over midnight where that is the earlier one; never where they are the same.
create function is_quiet(p_time time, p_from time, p_until time) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_from < p_until then p_time >= p_from and p_time < p_until
              when p_from > p_until then p_time >= p_from or p_time < p_until
              else false end
$$;

-- When a task is to be reminded of; null when there is no good moment. A task for a day: at p_all_day_at of that day. One for a time:
-- p_before it. What falls into quiet hours waits for their end, and where that would be too late comes p_before they begin.
-- A task that came too late for that: at once; but who has just said it himself (p_self_said) hears of it when it is due. Of a task for
-- a day that came later on that day: nothing.
create function reminder_at(
  p_due timestamptz, p_all_day boolean, p_created timestamptz, p_self_said boolean, p_zone text,
  p_before interval, p_all_day_at time, p_quiet_from time, p_quiet_until time) returns timestamptz
language plpgsql stable set search_path = public, pg_temp as $$
declare
  zone constant text := zone_or_utc(p_zone);
  wanted timestamp := case when p_all_day then (p_due at time zone zone)::date + p_all_day_at else (p_due - p_before) at time zone zone end;
  evening timestamp;
  morning timestamp;
  late timestamptz;
begin
  if is_quiet(wanted::time, p_quiet_from, p_quiet_until) then
    evening := wanted::date + p_quiet_from - case when p_quiet_from > wanted::time then interval '1 day' else interval '0' end;
    morning := wanted::date + p_quiet_until + case when p_quiet_until <= wanted::time then interval '1 day' else interval '0' end;
    wanted := case when morning at time zone zone < p_due then morning else evening - p_before end;
  end if;
  if wanted at time zone zone >= p_created then
    return wanted at time zone zone;
  end if;

  late := case when p_self_said then p_due else p_created end;
  if p_all_day or p_created > p_due or is_quiet((late at time zone zone)::time, p_quiet_from, p_quiet_until) then
    return null;
  end if;
  return late;
end $$;

-- A task that is put off is reminded of again: its due time is part of the key.
create function reminder_key(p_task uuid, p_due timestamptz) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select format('reminder:%s:%s', p_task, floor(extract(epoch from p_due))::bigint)
$$;

revoke all on function zone_or_utc, is_quiet, reminder_at, reminder_key from public;
grant execute on function zone_or_utc, is_quiet, reminder_at, reminder_key to service_role;

-- For whoever looks into all families at once. It is on an expression, so that nobody who wants the tasks of one family in their order is
-- led through everybody's by it.
create index tasks_due_in_any_family on tasks ((due_at at time zone 'UTC')) where status in ('open', 'in_progress');
create index outbound_messages_reminders_waiting on outbound_messages (created_at) where kind = 'reminder' and status = 'pending';
