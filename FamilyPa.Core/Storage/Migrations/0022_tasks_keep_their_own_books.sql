-- What a task says about itself is written by the database: who made it, when it was changed and finished, which version it is.

alter table tasks add column version int not null default 1, add column completed_at timestamptz;

alter table tasks no force row level security;
update tasks set completed_at = updated_at where status = 'done';
alter table tasks force row level security;

create function stamp_task() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  -- The pipeline says whose message a task was; a member cannot speak for another.
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

revoke all on function stamp_task from public;

create trigger tasks_stamped before insert or update on tasks
  for each row execute function stamp_task();

-- The board reads one family's tasks page by page in this order; what is done it reads by when that was.
create index tasks_due on tasks (family_id, due_at, id);
create index tasks_open on tasks (family_id, due_at, id) where status in ('open', 'in_progress');
create index tasks_completed on tasks (family_id, completed_at, id) where status = 'done';
