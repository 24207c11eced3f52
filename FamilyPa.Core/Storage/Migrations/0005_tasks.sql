create table tasks (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  notes text,
  category text,
  assignee uuid,
  due_at timestamptz,
  -- The due time is a date only: due_at is then that day's last minute in the family's time zone.
  due_all_day boolean not null default false,
  status text not null default 'open' check (status in ('open', 'in_progress', 'done', 'canceled')),
  needs_review boolean not null default false,
  confidence double precision check (confidence between 0 and 1),
  source_message_sid text,
  ordinal int,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  version int not null default 1,
  unique (source_message_sid, ordinal),
  foreign key (family_id, assignee) references family_members (family_id, user_id) on delete set null (assignee)
);
create index tasks_family on tasks (family_id, status, due_at);
create index tasks_assignee on tasks (family_id, assignee);
create index tasks_due on tasks (family_id, due_at, id);
create index tasks_open on tasks (family_id, due_at, id) where status in ('open', 'in_progress');
create index tasks_completed on tasks (family_id, completed_at, id) where status = 'done';
-- For the reminder timer, which reads all families. An expression, so that the planner does not use it for one family's tasks.
create index tasks_due_in_any_family on tasks ((due_at at time zone 'UTC')) where status in ('open', 'in_progress');

-- Questions that we asked a sender. Open until answered or older than the pipeline's AnswerWithin.
create table clarifications (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  -- The message that led to the question.
  message_sid text not null,
  -- The task that the answer completes; null when the message contained none.
  task_id uuid references tasks (id) on delete cascade,
  question text not null,
  asked_at timestamptz not null default now(),
  answered_by text,
  answered_at timestamptz,
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
  -- done: completed by this message. undo: changed back by this message.
  kind text not null check (kind in ('list', 'added', 'reminder', 'done', 'undo')),
  -- In the order of their numbers in the chat; null where the task has been deleted.
  task_ids uuid[] not null,
  -- For done: the status that each of task_ids had.
  statuses text[],
  -- When the message arrived: a reply sent later was not visible to its sender.
  at timestamptz not null,
  undone_by text
);
create index chat_turns_user on chat_turns (family_id, user_id, at);

select migration.protect('tasks'), migration.protect('clarifications'), migration.protect('chat_turns');

-- Members may not write source_message_sid and ordinal: they identify the tasks that the pipeline creates.
drop policy authenticated_nothing on tasks;
grant select, insert (family_id, title, notes, category, assignee, due_at, due_all_day, status, needs_review, created_by),
  update (title, notes, category, assignee, due_at, due_all_day, status, needs_review), delete on tasks to authenticated;
create policy members_see on tasks for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));
create policy members_add on tasks for insert to authenticated
  with check (is_family_member(family_id));
create policy members_change on tasks for update to authenticated
  using (family_id = any ((select my_families())::uuid[]));
create policy members_delete_own_and_admins_all on tasks for delete to authenticated
  using (
    family_id = any ((select my_families(array['owner', 'admin']))::uuid[])
    or (family_id = any ((select my_families())::uuid[]) and created_by = (select auth.uid())));

drop policy authenticated_nothing on clarifications;
grant select (id, family_id, user_id, message_sid, task_id, question, asked_at, answered_by, answered_at) on clarifications to authenticated;
create policy members_see on clarifications for select to authenticated
  using (family_id = any ((select my_families())::uuid[]));

create function stamp_task() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  -- Only the pipeline may choose created_by.
  if current_user = 'authenticated' then
    new.created_by := case tg_op when 'INSERT' then auth.uid() else old.created_by end;
  end if;
  if tg_op = 'UPDATE' then
    if new.family_id <> old.family_id then
      raise exception 'a task stays in its family' using errcode = 'insufficient_privilege';
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    new.completed_at := old.completed_at;
  end if;
  if new.status <> 'done' then
    new.completed_at := null;
  elsif tg_op = 'INSERT' or old.status <> 'done' then
    new.completed_at := now();
  end if;
  return new;
end $$;

create trigger tasks_stamped before insert or update on tasks
  for each row execute function stamp_task();

-- What a phase needs besides the text: attachments, transcripts, open questions. The keys are the property names of the app's record.
create function phase_input(message inbound_messages, p_answer_within interval) returns json
language sql stable set search_path = public, pg_temp as $$
  select json_build_object(
    'Media', (
      select coalesce(json_agg(json_build_object('Ordinal', n, 'Url', message.raw_payload ->> ('MediaUrl' || n),
        'DeclaredType', message.raw_payload ->> ('MediaContentType' || n)) order by n), '[]')
      from generate_series(0, message.num_media - 1) n where message.raw_payload ? ('MediaUrl' || n)),
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
        'Title', t.title, 'Notes', t.notes, 'Category', t.category, 'Assignee', p.display_name,
        'DueAt', t.due_at, 'DueAllDay', coalesce(t.due_all_day, false))
        order by c.asked_at), '[]')
      from clarifications c
      left join tasks t on t.id = c.task_id
      left join family_members p on p.family_id = t.family_id and p.user_id = t.assignee
      left join inbound_messages a on a.message_sid = c.message_sid
      left join lateral (select string_agg(x.transcript, ' ' order by x.ordinal) as said
        from voice_transcriptions x where x.message_sid = c.message_sid) v on true
      where c.family_id = message.family_id and c.user_id = message.user_id and c.message_sid <> message.message_sid
        and (c.answered_by is null or c.answered_by = message.message_sid)
        and message.created_at between c.asked_at and c.asked_at + p_answer_within
        and (c.task_id is null or t.status in ('open', 'in_progress'))),
    'Forwarded', coalesce(message.raw_payload ->> 'Forwarded' = 'true', false))
$$;

-- Completes tasks for a chat command. One row per task; outcome: done (by this message), already, or gone (canceled).
create function chat_done(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz, p_tasks uuid[])
returns table (task_id uuid, title text, outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  mine uuid[];
  were text[];
begin
  insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
  values (p_message_sid, p_family, p_user, 'done', '{}', p_at) on conflict do nothing;
  if found then
    with before as (
      select t.id, t.status from tasks t
      where t.id = any (p_tasks) and t.family_id = p_family and t.status in ('open', 'in_progress') for update),
    changed as (
      update tasks t set status = 'done', updated_at = now() from before b where t.id = b.id returning b.id, b.status)
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

-- Undoes the member's last command or message of the previous 24 hours, once: completed tasks get their former status back, and added tasks
-- are canceled. One row per changed task; kind: done or added.
create function chat_undo(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz)
returns table (kind text, title text)
language plpgsql set search_path = public, pg_temp as $$
declare
  last chat_turns;
  changed uuid[] := '{}';
begin
  insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
  values (p_message_sid, p_family, p_user, 'undo', '{}', p_at) on conflict do nothing;
  if found then
    select * into last from chat_turns c
    where c.family_id = p_family and c.user_id = p_user and c.kind in ('done', 'added') and cardinality(c.task_ids) > 0
      and c.at between p_at - interval '1 day' and p_at
    order by c.at desc limit 1 for update;
    if last.undone_by is null and last.kind = 'done' then
      with reopened as (
        update tasks t set status = coalesce(was.status, 'open'), updated_at = now()
        from unnest(last.task_ids, last.statuses) as was (id, status)
        where t.id = was.id and t.family_id = p_family and t.status = 'done' returning t.id)
      select coalesce(array_agg(r.id), '{}') into changed from reopened r;
    elsif last.undone_by is null and last.kind = 'added' then
      with canceled as (
        update tasks t set status = 'canceled', needs_review = false, updated_at = now()
        where t.source_message_sid = last.message_sid and t.family_id = p_family and t.status in ('open', 'in_progress') returning t.id)
      select coalesce(array_agg(c.id), '{}') into changed from canceled c;
    end if;
    update chat_turns c set undone_by = p_message_sid where c.message_sid = last.message_sid and c.undone_by is null;
    update chat_turns c set task_ids = changed where c.message_sid = p_message_sid;
  end if;

  return query
  select b.kind, t.title
  from chat_turns u join chat_turns b on b.undone_by = u.message_sid join tasks t on t.id = any (u.task_ids) and t.family_id = p_family
  where u.message_sid = p_message_sid order by array_position(b.task_ids, t.id), t.ordinal;
end $$;

grant execute on function phase_input, chat_done, chat_undo to service_role;
