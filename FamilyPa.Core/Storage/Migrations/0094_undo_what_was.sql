-- What is taken back is again what it was: a task in progress is in progress, and not merely open.

-- Of done: the status that each of task_ids had. Null for what was done before this was kept.
alter table chat_turns add column statuses text[];

-- As before, and keeps what the tasks were.
create or replace function chat_done(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz, p_tasks uuid[])
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

-- As before, but for that.
create or replace function chat_undo(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz)
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
