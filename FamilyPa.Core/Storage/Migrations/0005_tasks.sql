-- A recurring task. Its occurrences are tasks; what is asked of it changes by ending the series and starting another.
create table series (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  title text not null check (length(title) between 1 and 200), -- What each occurrence is created with.
  notes text,
  category text check (length(category) between 1 and 40), -- The list that it is on.
  assignees uuid[] not null default '{}',
  assigned_by uuid,
  -- An RRULE of RFC 5545 that starts at the first occurrence, or AFTER_DONE= and the ISO 8601 duration from done to due.
  rule text not null check (length(rule) <= 200 and rule ~ '^(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,-]+)*|AFTER_DONE=P[0-9]{1,3}[DWMY])$'),
  starts date not null,
  local_time time, -- In the family's time zone; null for all-day occurrences.
  remind_before interval, -- How long before the due time to remind; null leaves it to reminder_at.
  -- The next dates of an RRULE. The app computes them, and more from refill_on on; refill_on is null when there are no more.
  upcoming date[] not null default '{}',
  refill_on date default current_date,
  ended_at timestamptz,
  source_message_sid text, -- The message that asked for it, and the task's ordinal in it.
  ordinal int,
  created_at timestamptz not null default now(),
  unique (family_id, id),
  unique (source_message_sid, ordinal)
);
create index series_refill on series (refill_on) where ended_at is null;

create table tasks (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  notes text,
  category text check (length(category) between 1 and 40), -- The list that it is on.
  assignee uuid, -- The first of assignees. A statement that sets it alone means just that one.
  assignees uuid[] not null default '{}',
  due_at timestamptz,
  -- The due time is a date only: due_at is then that day's last minute in the family's time zone.
  due_all_day boolean not null default false,
  remind_at timestamptz, -- When to remind, if the member said so; null leaves it to reminder_at.
  status text not null default 'open' check (status in ('open', 'in_progress', 'done', 'canceled')),
  needs_review boolean not null default false,
  confidence double precision check (confidence between 0 and 1),
  source_message_sid text,
  ordinal int,
  series_id uuid,
  occurrence date, -- The date that the series' rule gives it, wherever its due date is moved.
  created_by uuid,
  assigned_by uuid, -- Who gave the task to its assignees, when, and who completed it; TaskNotices tells the other members.
  assigned_at timestamptz,
  completed_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  version int not null default 1,
  unique (source_message_sid, ordinal),
  unique (series_id, occurrence),
  foreign key (family_id, assignee) references family_members (family_id, user_id) on delete set null (assignee),
  foreign key (family_id, series_id) references series (family_id, id) on delete cascade
);
create index tasks_family on tasks (family_id, status, due_at);
create index tasks_assignee on tasks (family_id, assignee);
create index tasks_due on tasks (family_id, due_at, id);
create index tasks_open on tasks (family_id, due_at, id) where status in ('open', 'in_progress');
create index tasks_lists on tasks (family_id, category, status) where category is not null;
create index tasks_updated on tasks (family_id, updated_at);
create index tasks_completed on tasks (family_id, completed_at, id) where status = 'done';
-- For the reminder timer, which reads all families. An expression, so that the planner does not use it for one family's tasks.
create index tasks_due_in_any_family on tasks ((due_at at time zone 'UTC')) where status in ('open', 'in_progress');

create index tasks_assigned_in_any_family on tasks (assigned_at) where array_remove(assignees, assigned_by) <> '{}';
create index tasks_completed_for_others on tasks (completed_at) where array_remove(assignees, assigned_by) <> '{}';
-- For what moves occurrences on that were left open.
create index tasks_occurrences_in_any_family on tasks (due_at) where series_id is not null and status in ('open', 'in_progress');
create index tasks_remind_in_any_family on tasks ((remind_at at time zone 'UTC')) where status in ('open', 'in_progress');

-- Questions that we asked a sender. Open until answered or older than the pipeline's AnswerWithin.
create table clarifications (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  message_sid text not null, -- The message that led to the question.
  task_id uuid references tasks (id) on delete cascade, -- The task that the answer completes; null when the message contained none.
  question text not null,
  pending jsonb, -- Changes that are made when the answer is yes.
  asked_at timestamptz not null default now(),
  answered_by text,
  answered_at timestamptz,
  before jsonb, -- The task as it was before the answer.
  unique nulls not distinct (message_sid, task_id)
);
create index clarifications_open on clarifications (family_id, user_id, asked_at) where answered_by is null;
create index clarifications_answered on clarifications (answered_by) where answered_by is not null;
create index clarifications_task on clarifications (task_id);

-- What chat commands refer to: one row per message that showed or changed tasks. Whoever inserts the row applies its effects in the same
-- transaction, so a retry applies them once.
create table chat_turns (
  message_sid text primary key,
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  -- list: shown as a list, or several reminders in one message. added: created by an ordinary message. reminder: reminded of.
  -- done_list: listed as completed. done: completed by this message. undo: changed back by this message.
  kind text not null check (kind in ('list', 'done_list', 'added', 'reminder', 'done', 'undo')),
  task_ids uuid[] not null, -- In the order of their numbers in the chat; null where the task has been deleted.
  shown_count int, -- How many of them the member has been shown, where the message had no room for all; null for all.
  statuses text[], -- For done: the status that each of task_ids had.
  before jsonb, -- For added: tasks that the message changed, as they were before it, and the version that it gave them.
  at timestamptz not null, -- When the message arrived: a reply sent later was not visible to its sender.
  undone_by text
);
create index chat_turns_user on chat_turns (family_id, user_id, at);

select migration.protect('series'), migration.protect('tasks'), migration.protect('clarifications'), migration.protect('chat_turns');

-- Members may not write source_message_sid and ordinal: they identify the tasks that the pipeline creates.
drop policy authenticated_nothing on tasks;
grant select, insert (family_id, title, notes, category, assignee, assignees, due_at, due_all_day, remind_at, status, needs_review, created_by),
  update (title, notes, category, assignee, assignees, due_at, due_all_day, remind_at, status, needs_review, series_id, occurrence), delete on tasks to authenticated;
create policy members_see on tasks for select to authenticated using (family_id = any ((select my_families())::uuid[]));
create policy members_add on tasks for insert to authenticated with check (is_family_member(family_id));
create policy members_change on tasks for update to authenticated using (family_id = any ((select my_families())::uuid[]));
create policy members_delete_own_and_admins_all on tasks for delete to authenticated
  using (
    family_id = any ((select my_families(array['owner', 'admin']))::uuid[])
    or (family_id = any ((select my_families())::uuid[]) and created_by = (select auth.uid())));

select migration.show_to_members('series', 'id, family_id, title, notes, category, assignees, rule, starts, local_time, remind_before, ended_at');
grant insert (family_id, title, notes, category, assignees, assigned_by, rule, starts, local_time, remind_before), update (ended_at) on series to authenticated;
create policy members_add on series for insert to authenticated with check (is_family_member(family_id));
create policy members_end on series for update to authenticated using (family_id = any ((select my_families())::uuid[]));
create policy owner_continues on series to current_user using (true) with check (true);

select migration.show_to_members('clarifications', 'id, family_id, user_id, message_sid, task_id, question, asked_at, answered_by, answered_at');

create function stamp_task() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare is_given boolean;
begin
  if new.assignees = coalesce(old.assignees, '{}') and new.assignee is distinct from new.assignees[1] then
    new.assignees := array_remove(array[new.assignee], null);
  end if;
  new.assignee := new.assignees[1];
  is_given := not new.assignees <@ coalesce(old.assignees, '{}');
  -- Only the pipeline may choose created_by.
  if current_user = 'authenticated' then
    new.created_by := case tg_op when 'INSERT' then auth.uid() else old.created_by end;
    new.assigned_by := case when is_given then auth.uid() else old.assigned_by end;
    new.completed_by := case when new.status = 'done' and old.status is distinct from 'done' then auth.uid() else old.completed_by end;
  end if;
  -- A later occurrence of a series is no news for its assignees.
  new.assigned_at := case when is_given and (tg_op = 'UPDATE' or new.series_id is null) then now() else old.assigned_at end;
  if tg_op = 'UPDATE' then
    if new.family_id <> old.family_id then
      raise exception 'a task stays in its family' using errcode = 'insufficient_privilege';
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    if old.status = 'done' then new.completed_at := old.completed_at; end if;
    -- A reminder at the due time moves with it; one at another time was for the old date. The pipeline says itself when to remind.
    if new.due_at is distinct from old.due_at and new.remind_at is not distinct from old.remind_at and current_user <> 'service_role' then
      new.remind_at := case when old.remind_at = old.due_at and not new.due_all_day then new.due_at end;
    end if;
  end if;
  if new.status <> 'done' then
    new.completed_at := null;
    new.completed_by := null;
  elsif tg_op = 'INSERT' or old.status <> 'done' then
    new.completed_at := coalesce(new.completed_at, now());
  end if;
  return new;
end $$;
create trigger tasks_stamped before insert or update on tasks for each row execute function stamp_task();

-- What a foreign key does for one column: assignees are different members of the row's family, and stay so until it is committed.
create function require_assignees() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if cardinality(new.assignees) <> (
    select count(*) from (select from family_members m where m.family_id = new.family_id and m.user_id = any (new.assignees) for key share) found) then
    raise exception 'an assignee is not in the family' using errcode = 'foreign_key_violation';
  end if;
  return new;
end $$;
create trigger tasks_with_assignees before insert or update of assignee, assignees on tasks
  for each row when (new.assignees <> '{}') execute function require_assignees();
create trigger series_with_assignees before insert or update of assignees on series for each row when (new.assignees <> '{}') execute function require_assignees();

create function unassign_member() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update tasks t set assignees = array_remove(t.assignees, old.user_id) where t.family_id = old.family_id and old.user_id = any (t.assignees);
  update series s set assignees = array_remove(s.assignees, old.user_id) where s.family_id = old.family_id and old.user_id = any (s.assignees);
  return old;
end $$;
create trigger family_members_unassigned before delete on family_members for each row execute function unassign_member();

-- Keeps for undo what the question's task was.
create function keep_before_answer() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  select to_jsonb(t) || jsonb_build_object('recurs', exists (select from series s where s.id = t.series_id and s.ended_at is null))
  into new.before from tasks t where t.id = new.task_id;
  return new;
end $$;
create trigger clarifications_answered before update of answered_by on clarifications for each row
  when (old.answered_by is null and new.answered_by is not null) execute function keep_before_answer();

create function assignee_names(t tasks) returns text[] language sql stable set search_path = public, pg_temp as $$
  select array(select m.display_name from family_members m where m.family_id = t.family_id and m.user_id = any (t.assignees) order by array_position(t.assignees, m.user_id)) $$;

-- A family has 50 lists of its own at most. Tasks of another are stored as other.
create function limit_lists() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select from tasks t where t.family_id = new.family_id and t.category = new.category and t.status <> 'canceled')
    and (select count(distinct t.category) from tasks t where t.family_id = new.family_id and t.status <> 'canceled' and t.category <> all (tg_argv)) >= 50 then
    new.category := 'other';
  end if;
  return new;
end $$;
create trigger tasks_lists_limited before insert or update of category on tasks for each row
  when (new.category <> all (array['shopping', 'household', 'school', 'health', 'appointments', 'errands', 'family', 'work', 'finance', 'other']))
  execute function limit_lists('shopping', 'household', 'school', 'health', 'appointments', 'errands', 'family', 'work', 'finance', 'other');

-- The instant of a local time. Of a time that occurs twice it is the first; one that is skipped moves forward.
create function local_instant(p_local timestamp, p_zone text) returns timestamptz language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(min(i.at), p_local at time zone p_zone)
  from unnest(array[interval '0', '30 minutes', '1 hour', '2 hours']) back, lateral (select (p_local at time zone p_zone) - back as at) i
  where i.at at time zone p_zone = p_local $$;

-- When the series' occurrence of a date is due, and when to remind of it.
create function occurrence_at(s series, p_date date, p_zone text, out due_at timestamptz, out remind_at timestamptz)
language sql stable set search_path = public, pg_temp as $$
  select case when s.local_time is null then (p_date + time '23:59') at time zone p_zone else local_instant(p_date + s.local_time, p_zone) end,
    local_instant(p_date + coalesce(s.local_time, '23:59') - s.remind_before, p_zone) $$;

-- Creates the occurrence after p_last, unless the series has ended, or another occurrence is open. Dates that are over are left out.
create function add_occurrence(p_last tasks) returns void language plpgsql set search_path = public, pg_temp as $$
declare
  s series;
  zone text;
  today date;
  next date;
begin
  -- The lock makes one of this and the computation of more dates see what the other did.
  select * into s from series x where x.id = p_last.series_id and x.ended_at is null for no key update;
  if not found or exists (select from tasks t where t.series_id = s.id and t.id <> p_last.id and t.status in ('open', 'in_progress')) then
    return;
  end if;
  zone := (select zone_or_utc(f.timezone) from families f where f.id = s.family_id);
  today := (now() at time zone zone)::date;
  if s.rule like 'AFTER_DONE=%' then
    next := today + substr(s.rule, 12)::interval;
    while exists (select from tasks t where t.series_id = s.id and t.occurrence = next) loop
      next := next + 1;
    end loop;
  else
    select min(d) into next from unnest(s.upcoming) d
    where d >= today and d > coalesce(greatest(p_last.occurrence, (select max(t.occurrence) from tasks t where t.series_id = s.id)), s.starts);
  end if;
  insert into tasks (family_id, series_id, occurrence, title, notes, category, assignees, assigned_by, due_at, due_all_day, remind_at, created_by)
  select s.family_id, s.id, next, s.title, s.notes, s.category, s.assignees, s.assigned_by, at.due_at, s.local_time is null, at.remind_at,
    coalesce(p_last.created_by, s.assigned_by, (select m.user_id from family_members m where m.family_id = s.family_id and m.role = 'owner' order by m.created_at limit 1))
  from occurrence_at(s, next, zone) at
  where next is not null
  on conflict (series_id, occurrence) do nothing;
end $$;

-- Ending an occurrence creates the next one. Reopening it removes the next one, unless a member has changed that.
create function continue_series() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.status in ('open', 'in_progress') then
    delete from tasks t where t.series_id = new.series_id and t.id <> new.id and t.status = 'open' and t.version = 1;
  else
    perform add_occurrence(old);
  end if;
  return null;
end $$;

-- Not for what continue_series itself does, nor where rows go with their family.
create trigger tasks_series_updated after update of status on tasks for each row
  when (pg_trigger_depth() = 0 and new.series_id is not null and (old.status in ('open', 'in_progress')) <> (new.status in ('open', 'in_progress')))
  execute function continue_series();
create trigger tasks_series_deleted after delete on tasks for each row
  when (pg_trigger_depth() = 0 and old.series_id is not null and old.status in ('open', 'in_progress'))
  execute function continue_series();

-- Ends the task's series, and with a rule starts a new one, whose first occurrence the task is. p_first: its date where it has none.
-- p_said_time: its time of day, where the clocks skip that on the first date. A message starts one series for each of its tasks, however
-- often it is processed.
create function repeat_task(p_task tasks, p_rule text, p_first date, p_message_sid text default null, p_ordinal int default null, p_said_time time default null) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  zone constant text := (select zone_or_utc(f.timezone) from families f where f.id = p_task.family_id);
  due constant timestamp := coalesce(p_task.due_at at time zone zone, p_first + time '23:59');
  made uuid;
begin
  if p_message_sid is not null then
    if exists (select from series s where s.source_message_sid = p_message_sid and s.ordinal = p_ordinal) then
      return;
    end if;
  end if;
  update series s set ended_at = now() where s.id = p_task.series_id and s.ended_at is null;
  if p_rule is null then return; end if;
  insert into series (family_id, title, notes, category, assignees, assigned_by, rule, starts, local_time, remind_before)
  values (p_task.family_id, p_task.title, p_task.notes, p_task.category, p_task.assignees, p_task.assigned_by, p_rule, due::date,
    case when p_task.due_at is not null and not p_task.due_all_day then coalesce(p_said_time, due::time) end, due - (p_task.remind_at at time zone zone))
  returning id into made;
  if p_message_sid is not null then
    update series s set source_message_sid = p_message_sid, ordinal = p_ordinal where s.id = made;
  end if;
  update tasks t set series_id = made, occurrence = due::date, due_at = coalesce(t.due_at, due at time zone zone), due_all_day = t.due_all_day or t.due_at is null
  where t.id = p_task.id;
end $$;

-- Lets the messages of a family store tasks one after the other. FP010 when another message has just stored one with such a title that is not in p_seen.
create function lock_tasks(p_family uuid, p_message_sid text, p_titles text[], p_seen uuid[]) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_family::text, 1));
  if exists (
    select from tasks t
    where t.family_id = p_family and t.status in ('open', 'in_progress') and t.created_at > now() - interval '1 minute'
      and t.source_message_sid is distinct from p_message_sid and t.id <> all (p_seen) and lower(t.title) in (select lower(title) from unnest(p_titles) title))
  then
    raise exception 'a task with this title has just been stored' using errcode = 'FP010';
  end if;
end $$;

-- Completes tasks for a chat command. One row per task; outcome: done (by this message), already, or gone (canceled).
create function chat_done(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz, p_tasks uuid[])
returns table (task_id uuid, title text, outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare mine uuid[]; were text[];
begin
  insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
  values (p_message_sid, p_family, p_user, 'done', '{}', p_at) on conflict do nothing;
  if found then
    with before as (
      select t.id, t.status from tasks t
      where t.id = any (p_tasks) and t.family_id = p_family and t.status in ('open', 'in_progress') order by t.id for update),
    changed as (
      update tasks t set status = 'done', completed_by = p_user, updated_at = now() from before b where t.id = b.id returning b.id, b.status)
    select coalesce(array_agg(c.id), '{}'), array_agg(c.status) into mine, were from changed c;
    update chat_turns c set task_ids = mine, statuses = were where c.message_sid = p_message_sid;
  else
    select c.task_ids into mine from chat_turns c where c.message_sid = p_message_sid;
  end if;

  return query
  select t.id, t.title, case when t.id = any (mine) then 'done' when t.status in ('done', 'open', 'in_progress') then 'already' else 'gone' end
  from unnest(p_tasks || mine) with ordinality as meant (id, n) join tasks t on t.id = meant.id and t.family_id = p_family
  group by t.id order by min(meant.n);
end $$;

-- The other open occurrence of a task's series, if there is one. Volatile, to see what the statement that calls it has done.
create function next_occurrence(p_task uuid) returns setof tasks language sql set search_path = public, pg_temp as $$
  select n.* from tasks t join tasks n on n.series_id = t.series_id and n.id <> t.id and n.status in ('open', 'in_progress')
  where t.id = p_task order by n.occurrence limit 1 $$;

-- Applies a message's changes to existing tasks of its family, once, and keeps what they were. Its row of chat_turns is there already.
-- One row per change; outcome: changed, already (it is so), or gone (the task does not exist any more).
create function apply_changes(p_message_sid text, p_family uuid, p_changes jsonb)
returns table (task_id uuid, operation text, outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  change record;
  was tasks;
  now_is tasks;
  kept jsonb := '[]';
  shown uuid[];
  recurs boolean;
  sender uuid;
begin
  select c.task_ids, c.user_id into shown, sender from chat_turns c
  where c.message_sid = p_message_sid and c.family_id = p_family and c.before is null for update;
  if not found then
    return query
      select (b ->> 'id')::uuid, b ->> 'operation', b ->> 'outcome'
      from chat_turns c, jsonb_array_elements(c.before) b where c.message_sid = p_message_sid and c.family_id = p_family;
    return;
  end if;

  -- In one order, so that two messages about the same tasks cannot wait for each other.
  perform from tasks t
  where t.family_id = p_family and t.id in (select (c ->> 'task')::uuid from jsonb_array_elements(p_changes) c) order by t.id for update;
  for change in
    select * from jsonb_to_recordset(p_changes) as c (
      task uuid, operation text, title text, notes text, category text, due_at timestamptz, due_all_day boolean, remind_at timestamptz, assignees uuid[], clear text[],
      recurrence text, first date, said_time time)
  loop
    select * into was from tasks t where t.id = change.task and t.family_id = p_family;
    task_id := change.task;
    operation := change.operation;
    recurs := exists (select from series s where s.id = was.series_id and s.ended_at is null);
    if was.id is null or was.status = 'canceled' then
      outcome := 'gone';
    elsif (case when change.operation in ('reopen', 'clear') then was.status <> 'done' else was.status = 'done' end) then
      outcome := 'already';
    elsif change.operation = 'update' and not was.needs_review and change.recurrence is null and change.clear = '{}'
      and (coalesce(change.title, was.title), coalesce(change.notes, was.notes), coalesce(change.category, was.category),
           coalesce(change.due_at, was.due_at), coalesce(change.due_all_day, was.due_all_day), coalesce(change.remind_at, was.remind_at))
        is not distinct from (was.title, was.notes, was.category, was.due_at, was.due_all_day, was.remind_at)
      and coalesce(change.assignees <@ was.assignees and change.assignees @> was.assignees, true)
    then
      outcome := 'already';
    else
      if change.operation = 'delete' then
        update series s set ended_at = now() where s.id = was.series_id and s.ended_at is null;
      end if;
      update tasks t set
        status = case change.operation when 'complete' then 'done' when 'delete' then 'canceled' when 'skip' then 'canceled' when 'clear' then 'canceled' when 'reopen' then 'open' else t.status end,
        needs_review = t.needs_review and change.operation in ('reopen', 'snooze'),
        title = coalesce(change.title, t.title),
        notes = case when 'notes' = any (change.clear) then null else coalesce(change.notes, t.notes) end,
        category = coalesce(change.category, t.category),
        assignees = case when 'assignees' = any (change.clear) then '{}' else coalesce(change.assignees, t.assignees) end,
        assigned_by = case when not change.assignees <@ t.assignees then sender else t.assigned_by end,
        completed_by = case change.operation when 'complete' then sender else t.completed_by end,
        due_at = case when 'due_at' = any (change.clear) then null else coalesce(change.due_at, t.due_at) end,
        due_all_day = case when change.due_at is null then t.due_all_day and not 'due_at' = any (change.clear) else change.due_all_day end,
        remind_at = coalesce(change.remind_at, case when change.due_at is null and not 'due_at' = any (change.clear) then t.remind_at end)
      where t.id = change.task returning * into now_is;
      if change.recurrence is not null or 'recurrence' = any (change.clear) then
        perform repeat_task(now_is, change.recurrence, change.first, p_message_sid, null, change.said_time);
        select * into now_is from tasks t where t.id = change.task;
      end if;
      outcome := 'changed';
    end if;
    kept := kept || (coalesce(to_jsonb(was), jsonb_build_object('id', change.task))
      || jsonb_build_object('operation', operation, 'outcome', outcome, 'version_after', now_is.version, 'recurs', recurs));
    shown := case when change.task = any (shown) or outcome = 'gone' then shown else shown || change.task end;
    return next;
  end loop;
  update chat_turns c set before = kept, task_ids = shown where c.message_sid = p_message_sid;
end $$;

-- Undoes the member's last command or message of the previous 24 hours, or the one that is quoted, once: completed tasks get their former status back, and added tasks
-- are canceled, and changed tasks are as they were, unless somebody has changed them since. One row per task; kind: done, added or changed.
create function chat_undo(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz)
returns table (kind text, title text)
language plpgsql set search_path = public, pg_temp as $$
declare
  last chat_turns;
  changed uuid[] := '{}';
  quoted constant text[] := (select quoted_messages(m) from inbound_messages m where m.message_sid = p_message_sid);
begin
  insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
  values (p_message_sid, p_family, p_user, 'undo', '{}', p_at) on conflict do nothing;
  if found then
    select * into last from chat_turns c
    where c.family_id = p_family and c.user_id = p_user and c.kind in ('done', 'added') and cardinality(c.task_ids) > 0
      -- Not one that found all as it wanted it.
      and (c.before is null or c.before @> '[{"outcome": "changed"}]' or exists (select from tasks t where t.source_message_sid = c.message_sid)
        or exists (select from clarifications q where q.answered_by = c.message_sid))
      and c.at between p_at - interval '1 day' and p_at and (coalesce(quoted, '{}') = '{}' or c.message_sid = any (quoted))
    order by c.at desc limit 1 for update;
    perform from tasks t where t.id = any (last.task_ids) and t.family_id = p_family order by t.id for update;
    if last.undone_by is null and last.kind = 'done' then
      with reopened as (
        update tasks t set status = coalesce(was.status, 'open'), updated_at = now()
        from unnest(last.task_ids, last.statuses) as was (id, status)
        where t.id = was.id and t.family_id = p_family and t.status = 'done' returning t.id)
      select coalesce(array_agg(r.id), '{}') into changed from reopened r;
    elsif last.undone_by is null and last.kind = 'added' then
      update series s set ended_at = now() where s.source_message_sid = last.message_sid and s.ended_at is null;
      update tasks t set status = 'canceled'
      from series s
      where s.source_message_sid = last.message_sid and s.ordinal is not null and t.series_id = s.id and t.source_message_sid is null and t.status in ('open', 'in_progress');
      with canceled as (
        update tasks t set status = 'canceled', needs_review = false, updated_at = now()
        where t.source_message_sid = last.message_sid and t.family_id = p_family and t.status in ('open', 'in_progress') returning t.id),
      kept (was, version, answered_at, n) as (
        select q.before, null::int, q.answered_at, 0 from clarifications q where q.answered_by = last.message_sid and q.before is not null
        union all
        select b, max((b ->> 'version_after')::int) over (partition by b ->> 'id'), null, n
        from jsonb_array_elements(last.before) with ordinality e (b, n) where b ->> 'outcome' = 'changed'),
      first_of as (select distinct on (k.was ->> 'id') k.* from kept k order by k.was ->> 'id', k.n),
      restored as (
        update tasks t
        set title = w.title, notes = w.notes, category = w.category, assigned_by = w.assigned_by,
            -- Without who has left meanwhile.
            assignees = array(select a.id from unnest(w.assignees) with ordinality a (id, n) join family_members m on m.family_id = w.family_id and m.user_id = a.id order by n),
            due_at = w.due_at, due_all_day = w.due_all_day, remind_at = w.remind_at,
            status = w.status, confidence = w.confidence, completed_at = w.completed_at, completed_by = w.completed_by, needs_review = w.needs_review, series_id = w.series_id, occurrence = w.occurrence
        from first_of f, jsonb_populate_record(null::tasks, f.was) w
        where t.id = w.id and t.family_id = p_family and (t.version = f.version or t.updated_at = f.answered_at) returning t.id)
      select coalesce(array_agg(c.id), '{}') into changed from (select id from canceled union all select id from restored) c;
      update series s set ended_at = null
      from (select jsonb_array_elements(last.before) union all select q.before from clarifications q where q.answered_by = last.message_sid) k (b)
      where s.id = (b ->> 'series_id')::uuid and (b ->> 'recurs')::boolean and (b ->> 'id')::uuid = any (changed);
      -- The question is open again, and what was asked instead is not.
      update clarifications q set answered_by = p_message_sid, answered_at = now() where q.message_sid = last.message_sid and q.answered_by is null;
      update clarifications q set answered_by = null, answered_at = null, before = null where q.answered_by = last.message_sid and q.task_id = any (changed);
    end if;
    update chat_turns c set undone_by = p_message_sid where c.message_sid = last.message_sid and c.undone_by is null;
    update chat_turns c set task_ids = changed where c.message_sid = p_message_sid;
  end if;

  return query
  select case when b.kind = 'added' and t.source_message_sid is distinct from b.message_sid then 'changed' else b.kind end, t.title
  from chat_turns u join chat_turns b on b.undone_by = u.message_sid join tasks t on t.id = any (u.task_ids) and t.family_id = p_family
  where u.message_sid = p_message_sid order by array_position(b.task_ids, t.id), t.ordinal;
end $$;

grant execute on function repeat_task, assignee_names to authenticated;
