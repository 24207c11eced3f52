-- Commands in the chat: what members were shown and what they did there, so that "done 2" and "undo" mean what they saw and did.

-- One row for each message of a member, or reminder to one, that later commands may refer to. It is there once, whatever is run again,
-- and so its effects are: whoever inserts it brings them about in the same transaction.
create table chat_turns (
  message_sid text primary key,
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  -- list: the tasks of a list, or of several reminders in one message. added: those of an ordinary reply. reminder: the one it is about.
  -- done: those that were completed by it. undo: those that it changed back.
  kind text not null check (kind in ('list', 'added', 'reminder', 'done', 'undo')),
  -- In the order of their numbers; null where there is no such task any more.
  task_ids uuid[] not null,
  -- When the message came: what was shown after that, its sender had not seen.
  at timestamptz not null,
  undone_by text
);
create index chat_turns_user on chat_turns (family_id, user_id, at);

select migration.protect('chat_turns');

-- Completes tasks at a member's word, once. One row for each task that it was about.
-- outcome: done (by this message) | already | gone (canceled)
create function chat_done(p_message_sid text, p_family uuid, p_user uuid, p_at timestamptz, p_tasks uuid[])
returns table (task_id uuid, title text, outcome text)
language plpgsql set search_path = public, pg_temp as $$
declare
  mine uuid[];
begin
  insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
  values (p_message_sid, p_family, p_user, 'done', '{}', p_at) on conflict do nothing;
  if found then
    with changed as (
      update tasks t set status = 'done', updated_at = now()
      where t.id = any (p_tasks) and t.family_id = p_family and t.status in ('open', 'in_progress') returning t.id)
    select coalesce(array_agg(c.id), '{}') into mine from changed c;
    update chat_turns c set task_ids = mine where c.message_sid = p_message_sid;
  else
    select c.task_ids into mine from chat_turns c where c.message_sid = p_message_sid;
  end if;

  return query
  select t.id, t.title, case when t.id = any (mine) then 'done' when t.status in ('done', 'open', 'in_progress') then 'already' else 'gone' end
  from unnest(p_tasks || mine) with ordinality as meant (id, n) join tasks t on t.id = meant.id and t.family_id = p_family
  group by t.id order by min(meant.n);
end $$;

-- Takes back the last that a member did by message before this one, no longer than a day ago: what was completed is open again, what was added
-- is canceled. Only once, and nothing before it. One row for each task that is back to what it was; kind: done | added
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
        update tasks t set status = 'open', updated_at = now()
        where t.id = any (last.task_ids) and t.family_id = p_family and t.status = 'done' returning t.id)
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

revoke all on function chat_done, chat_undo from public;
grant execute on function chat_done, chat_undo to service_role;
