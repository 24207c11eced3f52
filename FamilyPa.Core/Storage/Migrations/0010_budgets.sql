-- Daily AI budgets: per family (its own day) and for all families (UTC day). A call's maximum cost is reserved before the call and replaced
-- by its actual cost after it. Spent and reserved amounts together never exceed the limit.

-- The ledger: every charged call, also failed ones.
create table ai_usage (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  message_sid text not null,
  attempt_id uuid not null references job_attempts (id) on delete cascade,
  phase text not null,
  deployment text not null,
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  audio_seconds numeric(10, 2) not null default 0,
  cost_usd numeric(16, 10) not null default 0,
  created_at timestamptz not null default now()
);
create index ai_usage_message on ai_usage (message_sid);
create index ai_usage_attempt on ai_usage (attempt_id);
create index ai_usage_family on ai_usage (family_id, created_at);
create index ai_usage_created on ai_usage (created_at);

create table family_budgets (
  family_id uuid primary key references families (id) on delete cascade,
  daily_usd numeric(16, 10) not null check (daily_usd >= 0),
  set_at timestamptz not null default now()
);

create table budget_days (
  -- Null for all families together.
  family_id uuid references families (id) on delete cascade,
  day date not null,
  limit_usd numeric(16, 10) not null,
  reserved_usd numeric(16, 10) not null default 0 check (reserved_usd >= 0),
  spent_usd numeric(16, 10) not null default 0,
  -- The highest percentage that was reported in limit_alerts.
  alerted int not null default 0,
  unique nulls not distinct (family_id, day)
) with (fillfactor = 50);

create table ai_reservations (
  id bigint generated always as identity primary key,
  family_id uuid not null references families (id) on delete cascade,
  message_sid text not null,
  attempt_id uuid not null references job_attempts (id) on delete cascade,
  phase text not null,
  deployment text not null,
  family_day date not null,
  global_day date not null,
  amount_usd numeric(16, 10) not null,
  -- settled: the cost is known. uncertain: no response arrived or the process died, so the maximum counts. released: certainly not charged.
  status text not null default 'reserved' check (status in ('reserved', 'settled', 'uncertain', 'released')),
  cost_usd numeric(16, 10),
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index ai_reservations_family on ai_reservations (family_id);
create index ai_reservations_message on ai_reservations (message_sid);
create index ai_reservations_attempt on ai_reservations (attempt_id);
create index ai_reservations_open on ai_reservations (created_at) where status = 'reserved';

select migration.protect('ai_usage', 'select, insert'),
       migration.protect('family_budgets'),
       migration.protect('budget_days'),
       migration.protect('ai_reservations');
-- Row security is forced on the owner too, as which erase_family runs.
create policy owner_erases on budget_days to current_user using (true) with check (true);

-- When the time zone's next day begins. An unknown time zone counts as UTC.
create function next_local_midnight(p_zone text, p_at timestamptz) returns timestamptz
language plpgsql stable set search_path = public, pg_temp as $$
declare
  tomorrow date;
  midnight timestamptz;
begin
  tomorrow := (p_at at time zone p_zone)::date + 1;
  midnight := tomorrow::timestamp at time zone p_zone;
  -- Where clocks go back over midnight, the conversion returns the later of two midnights.
  if midnight - interval '1 hour' > p_at and ((midnight - interval '1 hour') at time zone p_zone)::date >= tomorrow then
    midnight := midnight - interval '1 hour';
  end if;
  -- A date that the time zone skips has no midnight.
  return greatest(midnight, p_at + interval '1 second');
exception when invalid_parameter_value then
  return next_local_midnight('UTC', p_at);
end $$;

create function local_day(p_zone text, p_at timestamptz) returns date
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (p_at at time zone p_zone)::date;
exception when invalid_parameter_value then
  return (p_at at time zone 'UTC')::date;
end $$;

-- Returns the changed day, or null when the amount does not fit. A single statement, so concurrent calls cannot exceed the limit.
create function reserve_budget(p_family uuid, p_day date, p_limit numeric, p_amount numeric) returns budget_days
language plpgsql set search_path = public, pg_temp as $$
declare
  result budget_days;
begin
  insert into budget_days as b (family_id, day, limit_usd, reserved_usd)
  select p_family, p_day, p_limit, p_amount where p_amount <= p_limit
  on conflict (family_id, day) do update set reserved_usd = b.reserved_usd + p_amount, limit_usd = p_limit
  where b.spent_usd + b.reserved_usd + p_amount <= p_limit
  returning b.* into result;
  return result;
end $$;

-- Replaces a reservation by its result, once. The actual cost may later correct an uncertain one.
create function end_reservation(p_id bigint, p_status text, p_cost numeric) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  r ai_reservations;
  was_reserved boolean;
begin
  select * into r from ai_reservations x where x.id = p_id for update;
  was_reserved := r.status = 'reserved';
  if not was_reserved and not (r.status = 'uncertain' and p_status = 'settled') then
    return;
  end if;
  update ai_reservations x set status = p_status, cost_usd = p_cost, ended_at = now() where x.id = p_id;
  -- The same lock order as in reserve_call: family, then global.
  update budget_days b
  set reserved_usd = b.reserved_usd - case when was_reserved then r.amount_usd else 0 end,
      spent_usd = b.spent_usd + p_cost - case when was_reserved then 0 else r.cost_usd end
  where b.family_id = r.family_id and b.day = r.family_day;
  update budget_days b
  set reserved_usd = b.reserved_usd - case when was_reserved then r.amount_usd else 0 end,
      spent_usd = b.spent_usd + p_cost - case when was_reserved then 0 else r.cost_usd end
  where b.family_id is null and b.day = r.global_day;
end $$;

-- Each ledger row ends its attempt's reservation. A row without a reservation counts as well.
create function settle_usage() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  reservation bigint;
begin
  select r.id into reservation from ai_reservations r
  where r.attempt_id = new.attempt_id and r.status in ('reserved', 'uncertain') order by r.id desc limit 1;
  if found then
    perform end_reservation(reservation, 'settled', new.cost_usd);
    return null;
  end if;
  insert into budget_days as b (family_id, day, limit_usd, spent_usd)
  select new.family_id, local_day(f.timezone, now()), 0, new.cost_usd from families f where f.id = new.family_id
  on conflict (family_id, day) do update set spent_usd = b.spent_usd + excluded.spent_usd;
  insert into budget_days as b (family_id, day, limit_usd, spent_usd) values (null, local_day('UTC', now()), 0, new.cost_usd)
  on conflict (family_id, day) do update set spent_usd = b.spent_usd + excluded.spent_usd;
  return null;
end $$;

create trigger ai_usage_settles after insert on ai_usage for each row execute function settle_usage();

-- An attempt that ends leaves no open reservation.
create function settle_attempt() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  perform end_reservation(r.id, 'uncertain', r.amount_usd) from ai_reservations r where r.attempt_id = new.id and r.status = 'reserved';
  return null;
end $$;

create trigger job_attempts_settles after update on job_attempts
  for each row when (old.outcome = 'running' and new.outcome <> 'running') execute function settle_attempt();

-- The reservations of a deleted family stay charged to the global day.
create function settle_erased_reservation() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  update budget_days b set reserved_usd = b.reserved_usd - old.amount_usd, spent_usd = b.spent_usd + old.amount_usd
  where b.family_id is null and b.day = old.global_day;
  return old;
end $$;

create trigger ai_reservations_erased before delete on ai_reservations
  for each row when (old.status = 'reserved') execute function settle_erased_reservation();

-- Reports once per day that a budget reached 80 or 100 percent. p_refused: a call did not fit.
create function budget_alert(p_reason text, p_family uuid, p_day date, p_used numeric, p_limit numeric, p_refused boolean) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  mark int;
  used numeric := p_used;
begin
  foreach mark in array array[80, 100] loop
    continue when not p_refused and (p_limit = 0 or p_used < p_limit * mark / 100);
    insert into budget_days (family_id, day, limit_usd) values (p_family, p_day, p_limit) on conflict do nothing;
    update budget_days b set alerted = mark where b.family_id is not distinct from p_family and b.day = p_day and b.alerted < mark
    returning b.spent_usd + b.reserved_usd into used;
    continue when not found;
    insert into limit_alerts (limit_name, family_id, since, percent, limit_value, value) values (p_reason, p_family, p_day, mark, p_limit, used)
    on conflict do nothing;
    return next row('alert', null, null, mark, used, p_reason, p_limit::text)::post_commit_action;
  end loop;
end $$;

-- Reserves an attempt's maximum cost, or defers its job: for a second while other reservations may be released, else until the next day.
create function reserve_call(
  p_attempt uuid, p_deployment text, p_amount numeric, p_family_limit numeric, p_global_limit numeric, p_limits job_limits) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  job record;
  family_row budget_days;
  global_row budget_days;
  family_limit numeric;
  today date;
  utc_today constant date := local_day('UTC', now());
  refused text;
  waits boolean;
  resumes timestamptz;
begin
  select j.message_sid, j.current_phase, j.generation, j.family_id, f.timezone, i.user_id, coalesce(b.daily_usd, p_family_limit) as limit_usd into job
  from attempted_job(p_attempt) j join families f on f.id = j.family_id join inbound_messages i on i.message_sid = j.message_sid
  left join family_budgets b on b.family_id = j.family_id;
  family_limit := job.limit_usd;
  today := local_day(job.timezone, now());

  family_row := reserve_budget(job.family_id, today, family_limit, p_amount);
  if family_row.day is null then
    refused := 'budget_family';
  else
    global_row := reserve_budget(null, utc_today, p_global_limit, p_amount);
    if global_row.day is null then
      refused := 'budget_global';
      update budget_days b set reserved_usd = b.reserved_usd - p_amount where b.family_id = job.family_id and b.day = today;
    end if;
  end if;

  if refused is null then
    insert into ai_reservations (family_id, message_sid, attempt_id, phase, deployment, family_day, global_day, amount_usd)
    values (job.family_id, job.message_sid, p_attempt, job.current_phase, p_deployment, today, utc_today, p_amount);
    return next row('reserved', job.message_sid, job.current_phase, job.generation, null, null, null)::post_commit_action;
    return query
      select * from budget_alert('budget_family', job.family_id, today, family_row.spent_usd + family_row.reserved_usd, family_limit, false);
    return query
      select * from budget_alert('budget_global', null, utc_today, global_row.spent_usd + global_row.reserved_usd, p_global_limit, false);
    return;
  end if;

  -- Reserved amounts may be released, spent ones not.
  select b.spent_usd + p_amount <= case refused when 'budget_family' then family_limit else p_global_limit end
  into waits from budget_days b
  where b.family_id is not distinct from case refused when 'budget_family' then job.family_id end
    and b.day = case refused when 'budget_family' then today else utc_today end;
  waits := coalesce(waits, false);
  resumes := case when waits then now() + interval '1 second'
    else next_local_midnight(case refused when 'budget_family' then job.timezone else 'UTC' end, now()) end;
  perform defer_attempt(p_attempt, refused, resumes);
  return next row('deferred', job.message_sid, job.current_phase, job.generation, extract(epoch from resumes - now()), refused, null)::post_commit_action;
  if not waits then
    insert into limit_notifications (family_id, user_id, kind, since, message_sid)
    values (job.family_id, job.user_id, 'deferred', today, job.message_sid) on conflict do nothing;
    if refused = 'budget_family' then
      return query select * from budget_alert(refused, job.family_id, today, null, family_limit, true);
    else
      return query select * from budget_alert(refused, null, utc_today, null, p_global_limit, true);
    end if;
  end if;
  return query select * from dispatch_deferred(p_limits, false);
end $$;

-- Settles one reservation of a dead process as uncertain; null when there is none. One per transaction, to lock in a fixed order.
create function settle_abandoned(out message_sid text, out amount_usd numeric)
language plpgsql set search_path = public, pg_temp as $$
declare
  abandoned record;
begin
  select r.id, r.message_sid, r.amount_usd into abandoned from ai_reservations r
  where r.status = 'reserved' and not exists (
    select from job_attempts a join processing_jobs j on j.id = a.job_id
    where a.id = r.attempt_id and a.outcome = 'running' and j.lease_token is not null and j.leased_until > clock_timestamp())
  order by r.id limit 1 for update of r skip locked;
  if found then
    perform end_reservation(abandoned.id, 'uncertain', abandoned.amount_usd);
    message_sid := abandoned.message_sid;
    amount_usd := abandoned.amount_usd;
  end if;
end $$;

grant execute on function next_local_midnight, local_day, reserve_budget, end_reservation, budget_alert,
  reserve_call, settle_abandoned to service_role;
