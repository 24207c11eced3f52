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
  daily_usd numeric(16, 10) not null check (daily_usd >= 0)
);

create table budget_days (
  family_id uuid references families (id) on delete cascade, -- Null for all families together.
  day date not null,
  limit_usd numeric(16, 10) not null,
  reserved_usd numeric(16, 10) not null default 0 check (reserved_usd >= 0),
  spent_usd numeric(16, 10) not null default 0,
  alerted int not null default 0, -- The highest percentage that was reported in limit_alerts.
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

select migration.protect('ai_usage', 'select, insert'), migration.protect('family_budgets'), migration.protect('budget_days'),
  migration.protect('ai_reservations');
create policy owner_erases on budget_days to current_user using (true) with check (true);

-- An unknown time zone counts as UTC.
create function local_day(p_zone text, p_at timestamptz) returns date language plpgsql stable set search_path = public, pg_temp as $$
begin return (p_at at time zone zone_or_utc(p_zone))::date; end $$;

-- When the time zone's next day begins. A date that the time zone skips has no midnight.
create function next_local_midnight(p_zone text, p_at timestamptz) returns timestamptz language plpgsql stable set search_path = public, pg_temp as $$
begin return greatest(local_instant(local_day(p_zone, p_at) + time '24:00', zone_or_utc(p_zone)), p_at + interval '1 second'); end $$;

-- Returns the changed day, or null when the amount does not fit. A single statement, so concurrent calls cannot exceed the limit.
create function reserve_budget(p_family uuid, p_day date, p_limit numeric, p_amount numeric) returns budget_days language plpgsql set search_path = public, pg_temp as $$
declare result budget_days;
begin
  insert into budget_days as b (family_id, day, limit_usd, reserved_usd)
  select p_family, p_day, p_limit, p_amount where p_amount <= p_limit
  on conflict (family_id, day) do update set reserved_usd = b.reserved_usd + p_amount, limit_usd = p_limit
  where b.spent_usd + b.reserved_usd + p_amount <= p_limit
  returning b.* into result;
  return result;
end $$;

-- Adds to what a family, or all of them together (null), has reserved and spent on a day.
create function add_to_budget(p_family uuid, p_day date, p_reserved numeric, p_spent numeric) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  insert into budget_days as b (family_id, day, limit_usd, spent_usd) values (p_family, p_day, 0, p_spent)
  on conflict (family_id, day) do update set reserved_usd = b.reserved_usd + p_reserved, spent_usd = b.spent_usd + p_spent;
end $$;

-- Replaces a reservation by its result, once. The actual cost may later correct an uncertain one.
create function end_reservation(p_id bigint, p_status text, p_cost numeric) returns void language plpgsql set search_path = public, pg_temp as $$
declare
  r ai_reservations;
  freed numeric;
  spent numeric;
begin
  select * into r from ai_reservations x
  where x.id = p_id and (x.status = 'reserved' or x.status = 'uncertain' and p_status = 'settled') for update;
  if found then
    freed := case r.status when 'reserved' then r.amount_usd else 0 end;
    spent := p_cost - case r.status when 'uncertain' then r.cost_usd else 0 end;
    update ai_reservations x set status = p_status, cost_usd = p_cost, ended_at = now() where x.id = p_id;
    -- The same lock order as in reserve_call: family, then global.
    perform add_to_budget(r.family_id, r.family_day, -freed, spent);
    perform add_to_budget(null, r.global_day, -freed, spent);
  end if;
end $$;

-- Each ledger row ends its attempt's reservation. A row without a reservation counts as well.
create function settle_usage() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare reservation bigint;
begin
  select r.id into reservation from ai_reservations r
  where r.attempt_id = new.attempt_id and r.status in ('reserved', 'uncertain') order by r.id desc limit 1;
  if found then
    perform end_reservation(reservation, 'settled', new.cost_usd);
  else
    perform add_to_budget(f.id, local_day(f.timezone, now()), 0, new.cost_usd) from families f where f.id = new.family_id;
    perform add_to_budget(null, local_day('UTC', now()), 0, new.cost_usd);
  end if;
  return null;
end $$;
create trigger ai_usage_settles after insert on ai_usage for each row execute function settle_usage();

-- An attempt that ends leaves no open reservation.
create function settle_attempt() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform end_reservation(r.id, 'uncertain', r.amount_usd) from ai_reservations r where r.attempt_id = new.id and r.status = 'reserved';
  return null;
end $$;
create trigger job_attempts_settles after update on job_attempts
  for each row when (old.outcome = 'running' and new.outcome <> 'running') execute function settle_attempt();

-- The reservations of a deleted family stay charged to the global day.
create function settle_erased_reservation() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform add_to_budget(null, old.global_day, -old.amount_usd, old.amount_usd);
  return old;
end $$;
create trigger ai_reservations_erased before delete on ai_reservations for each row when (old.status = 'reserved') execute function settle_erased_reservation();

-- Reports once per day that a budget reached 80 or 100 percent. p_refused: a call did not fit.
create function budget_alert(p_reason text, p_budget budget_days, p_refused boolean) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  mark int;
  used constant numeric := p_budget.spent_usd + p_budget.reserved_usd;
  limit_usd constant numeric := trim_scale(p_budget.limit_usd);
begin
  foreach mark in array array[80, 100] loop
    continue when not p_refused and (limit_usd = 0 or used < limit_usd * mark / 100);
    insert into budget_days as b (family_id, day, limit_usd, alerted) values (p_budget.family_id, p_budget.day, p_budget.limit_usd, mark)
    on conflict (family_id, day) do update set alerted = mark where b.alerted < mark;
    continue when not found;
    insert into limit_alerts (limit_name, family_id, since, percent, limit_value, value)
    values (p_reason, p_budget.family_id, p_budget.day, mark, limit_usd, used) on conflict do nothing;
    return next row('alert', null, null, mark, used, p_reason, limit_usd::text)::post_commit_action;
  end loop;
end $$;

-- Reserves an attempt's maximum cost, or defers its job: for a second while other reservations may be released, else until the next day.
-- p_optional: the job can do without the call, and a refusal returns nothing.
create function reserve_call(
  p_attempt uuid, p_deployment text, p_amount numeric, p_family_limit numeric, p_global_limit numeric, p_limits job_limits,
  p_optional boolean default false) returns setof post_commit_action
language plpgsql set search_path = public, pg_temp as $$
declare
  job constant processing_jobs := attempted_job(p_attempt);
  sender record;
  of_family budget_days;
  of_all budget_days;
  full_one budget_days;
  utc_today constant date := local_day('UTC', now());
  refused text;
  waits boolean;
  resumes timestamptz;
begin
  select i.user_id, f.timezone, local_day(f.timezone, now()) as today, coalesce(b.daily_usd, p_family_limit) as limit_usd into sender
  from families f join inbound_messages i on i.message_sid = job.message_sid left join family_budgets b on b.family_id = f.id where f.id = job.family_id;
  of_family := reserve_budget(job.family_id, sender.today, sender.limit_usd, p_amount);
  if of_family.day is not null then
    of_all := reserve_budget(null, utc_today, p_global_limit, p_amount);
    if of_all.day is not null then
      insert into ai_reservations (family_id, message_sid, attempt_id, phase, deployment, family_day, global_day, amount_usd)
      values (job.family_id, job.message_sid, p_attempt, job.current_phase, p_deployment, of_family.day, of_all.day, p_amount);
      return next row('reserved', job.message_sid, job.current_phase, job.generation, null, null, null)::post_commit_action;
      return query select * from budget_alert('budget_family', of_family, false);
      return query select * from budget_alert('budget_global', of_all, false);
      return;
    end if;
    perform add_to_budget(job.family_id, sender.today, -p_amount, 0);
  end if;

  if p_optional then
    return;
  end if;
  refused := case when of_family.day is null then 'budget_family' else 'budget_global' end;
  select o.*, coalesce(b.reserved_usd, 0), coalesce(b.spent_usd, 0), 0 into full_one
  from (
    select job.family_id, sender.today, sender.limit_usd where refused = 'budget_family'
    union all select null, utc_today, p_global_limit where refused = 'budget_global') o (family_id, day, limit_usd)
  left join budget_days b on b.family_id is not distinct from o.family_id and b.day = o.day;
  -- Reserved amounts may be released, spent ones not.
  waits := full_one.spent_usd + p_amount <= full_one.limit_usd;
  resumes := case when waits then now() + interval '1 second'
    else next_local_midnight(case refused when 'budget_family' then sender.timezone else 'UTC' end, now()) end;
  -- Later messages of the family do not wait for it.
  perform defer_job(job, refused, resumes, false);
  perform end_attempt(p_attempt, 'deferred', refused);
  return next row('deferred', job.message_sid, job.current_phase, job.generation, extract(epoch from resumes - now()), refused, null)::post_commit_action;
  if not waits then
    insert into limit_notifications (family_id, user_id, kind, since, message_sid)
    values (job.family_id, sender.user_id, 'deferred', sender.today, job.message_sid) on conflict do nothing;
    return query select * from budget_alert(refused, full_one, true);
  end if;
  return query select * from dispatch_deferred(p_limits, false);
end $$;
