-- Functions of the members' API. They run as the caller (authenticated), under the row policies, unless they are SECURITY DEFINER.
-- SQLSTATEs: 42501 not allowed. FP004: the key was used for another request. FP005: no such member. FP007: another version, which the
-- message contains. FP008: the family is full. FP009: too many additions today.

-- Responses that are repeated for a day when a member sends the same request under the same key.
create table idempotency_keys (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  answer json,
  created_at timestamptz not null default now(),
  primary key (family_id, user_id, key),
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
);
create index idempotency_keys_age on idempotency_keys (created_at);

select migration.protect('idempotency_keys');
-- Members have no rights on the table, so two functions write it as the owner.
create policy owner_keeps on idempotency_keys to current_user using (true) with check (true);

create function my_session() returns uuid language plpgsql stable set search_path = public, pg_temp as $$
begin
  return (current_setting('request.jwt.claims', true)::jsonb ->> 'session_id')::uuid;
exception
  -- As in auth.uid().
  when data_exception or program_limit_exceeded then return null;
end $$;

-- The family that the current member's session shows; the one joined first where it shows none.
create function my_family() returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select m.family_id from family_members m left join sessions s on s.id = (select my_session()) and s.family_id = m.family_id and s.user_id = m.user_id
  where m.user_id = (select auth.uid()) order by s.id, m.created_at, m.family_id limit 1 $$;

-- Shows another of the current member's families. False when it is none of them.
create function show_family(p_family uuid) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update sessions s set family_id = m.family_id from family_members m
  where s.id = my_session() and s.user_id = auth.uid() and m.user_id = s.user_id and m.family_id = p_family;
  return found;
end $$;

-- A task as the API returns it, with our open question and the message it came from.
create function task_json(t tasks) returns json language sql stable set search_path = public, pg_temp as $$
  select json_build_object(
    'id', t.id, 'title', t.title, 'notes', t.notes, 'category', t.category, 'assignee', t.assignee, 'assignees', t.assignees,
    'due_at', t.due_at, 'due_all_day', t.due_all_day, 'remind_at', t.remind_at, 'status', t.status, 'needs_review', t.needs_review,
    'question', case when t.needs_review then (
      select c.question from clarifications c
      where c.task_id = t.id and c.answered_by is null and c.question <> '' order by c.asked_at desc limit 1) end,
    'recurrence', (select s.rule from series s where s.id = t.series_id and s.ended_at is null), 'series_id', t.series_id,
    'confidence', t.confidence, 'source_message_sid', t.source_message_sid, 'created_by', t.created_by,
    'created_at', t.created_at, 'updated_at', t.updated_at, 'completed_at', t.completed_at, 'version', t.version,
    'heard', (
      select json_build_object('by', i.user_id, 'text', i.body, 'transcript', (
        select string_agg(v.transcript, E'\n' order by v.ordinal) from voice_transcriptions v where v.message_sid = i.message_sid))
      from inbound_messages i where i.message_sid = t.source_message_sid),
    'pictures', (
      select coalesce(json_agg(format('/api/tasks/%s/pictures/%s', t.id, f.ordinal) order by f.ordinal), '[]')
      from media_files f where f.message_sid = t.source_message_sid and f.is_picture)) $$;

-- Stores the key, or returns the answer stored under it; null for no key. Of two concurrent requests the second waits for the first.
create function take_idempotency_key(p_key text, p_request_hash bytea) returns json language plpgsql security definer set search_path = public, pg_temp as $$
declare kept idempotency_keys;
begin
  if p_key is null then return null; end if;
  delete from idempotency_keys k
  where k.family_id = my_family() and k.user_id = auth.uid() and k.key = p_key and k.created_at < now() - interval '1 day';
  insert into idempotency_keys (family_id, user_id, key, request_hash) values (my_family(), auth.uid(), p_key, p_request_hash)
  on conflict do nothing;
  if found then return null; end if;
  select * into kept from idempotency_keys k where k.family_id = my_family() and k.user_id = auth.uid() and k.key = p_key;
  if kept.request_hash <> p_request_hash then
    raise exception 'another request bore this key' using errcode = 'FP004';
  end if;
  return kept.answer;
end $$;

create function keep_answer(p_key text, p_answer json) returns void language sql security definer set search_path = public, pg_temp as $$
  update idempotency_keys k set answer = p_answer
  where k.family_id = my_family() and k.user_id = auth.uid() and k.key = p_key and k.answer is null $$;

create function create_task(p_task jsonb, p_key text, p_request_hash bytea) returns table (id uuid, task json, version int)
language plpgsql set search_path = public, pg_temp as $$
declare made tasks; answer json := take_idempotency_key(p_key, p_request_hash);
begin
  if answer is null then
    insert into tasks (family_id, title, notes, category, assignees, due_at, due_all_day, remind_at)
    select my_family(), n.title, n.notes, n.category, coalesce(n.assignees, '{}'), n.due_at, coalesce(n.due_all_day, false), n.remind_at
    from jsonb_populate_record(null::tasks, p_task) n
    returning * into made;
    if p_task ->> 'recurrence' is not null then
      perform repeat_task(made, p_task ->> 'recurrence', (p_task ->> 'first')::date, p_said_time => (p_task ->> 'said_time')::time);
      select * into made from tasks t where t.id = made.id;
    end if;
    answer := task_json(made);
    perform keep_answer(p_key, answer);
  end if;
  return query select (answer ->> 'id')::uuid, answer, (answer ->> 'version')::int;
end $$;

-- Changes the properties that p_changes contains, null included, if the task has one of p_versions (null: any).
-- No row: there is no such task. A row without a task: the task has another version, which is returned.
create function change_task(p_id uuid, p_versions int[], p_changes jsonb) returns table (id uuid, task json, version int)
language plpgsql set search_path = public, pg_temp as $$
declare changed tasks;
begin
  update tasks t set
    (title, notes, category, assignees, due_at, status, needs_review) = (
      select n.title, n.notes, n.category, n.assignees, n.due_at, n.status, n.needs_review from jsonb_populate_record(t, p_changes) n),
    due_all_day = case when p_changes ? 'due_at' then coalesce((p_changes ->> 'due_all_day')::boolean, false) else t.due_all_day end,
    -- The reminder moves with the due date, unless its distance means nothing there.
    remind_at = case when p_changes ? 'remind_at' then (p_changes ->> 'remind_at')::timestamptz
      when not p_changes ? 'due_at' then t.remind_at
      when t.due_all_day = (p_changes ->> 'due_all_day')::boolean then t.remind_at + ((p_changes ->> 'due_at')::timestamptz - t.due_at) end
  where t.id = p_id and (p_versions is null or t.version = any (p_versions))
  returning * into changed;
  if found then
    if p_changes ? 'recurrence' then
      perform repeat_task(changed, p_changes ->> 'recurrence', (p_changes ->> 'first')::date, p_said_time => (p_changes ->> 'said_time')::time);
      select * into changed from tasks t where t.id = p_id;
    end if;
    return query select changed.id, task_json(changed), changed.version;
  else
    return query select t.id, null::json, t.version from tasks t where t.id = p_id;
  end if;
end $$;

-- Returns deleted, version_conflict, not_allowed or unknown.
create function delete_task(p_id uuid, p_versions int[]) returns text language plpgsql set search_path = public, pg_temp as $$
declare current int;
begin
  delete from tasks t where t.id = p_id and (p_versions is null or t.version = any (p_versions));
  if found then return 'deleted'; end if;
  select t.version into current from tasks t where t.id = p_id;
  return case when not found then 'unknown' when current <> all (p_versions) then 'version_conflict' else 'not_allowed' end;
end $$;

create function change_family(p_versions int[], p_name text, p_timezone text, p_locale text) returns void language plpgsql set search_path = public, pg_temp as $$
declare current int;
begin
  update families f set name = coalesce(p_name, f.name), timezone = coalesce(p_timezone, f.timezone), locale = coalesce(p_locale, f.locale)
  where f.id = my_family() and (p_versions is null or f.version = any (p_versions));
  if not found then
    -- The lock needs the right to update, so a caller without that right gets 42501.
    select f.version into current from families f where f.id = my_family() for no key update;
    if found then raise exception '%', current using errcode = 'FP007'; end if;
    raise exception 'not allowed' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- Raises the error for a member that was not changed: 42501 if it exists, else FP005.
create function refuse_member(p_user uuid) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  perform from family_members m where m.family_id = my_family() and m.user_id = p_user;
  raise exception 'refused' using errcode = case when found then '42501' else 'FP005' end;
end $$;

-- An empty p_timezone is the family's, an empty p_digest_at ends the digest, which only the member decides.
create function change_member(p_versions int[], p_user uuid, p_name text, p_role text, p_nicknames text[], p_notified boolean, p_timezone text, p_digest_at text) returns void
language plpgsql set search_path = public, pg_temp as $$
declare current int;
begin
  if p_digest_at is not null and p_user <> auth.uid() then
    raise exception 'not allowed' using errcode = 'insufficient_privilege';
  end if;
  update family_members m set display_name = coalesce(p_name, m.display_name), role = coalesce(p_role, m.role),
    nicknames = coalesce(p_nicknames, m.nicknames), notified = coalesce(p_notified, m.notified),
    timezone = case when p_timezone is null then m.timezone else nullif(p_timezone, '') end,
    digest_at = case when p_digest_at is null then m.digest_at else nullif(p_digest_at, '')::time end,
    digest_set_at = case when p_digest_at is null then m.digest_set_at else now() end
  where m.family_id = my_family() and m.user_id = p_user and (p_versions is null or m.version = any (p_versions));
  if not found then
    select m.version into current from family_members m where m.family_id = my_family() and m.user_id = p_user for no key update;
    if found then raise exception '%', current using errcode = 'FP007'; end if;
    perform refuse_member(p_user);
  end if;
end $$;

create function remove_member(p_user uuid) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  delete from family_members m where m.family_id = my_family() and m.user_id = p_user;
  if not found then delete from invitations i where i.family_id = my_family() and i.user_id = p_user; end if;
  if not found then perform refuse_member(p_user); end if;
end $$;

-- Members of the current member's family, and then those who are invited to it.
create function family_people()
returns table (
  user_id uuid, name text, role text, phone_masked text, you boolean, version int, status text, nicknames text[], notified boolean,
  timezone text, digest_at text, created_at timestamptz)
language sql stable set search_path = public, pg_temp as $$
  select m.user_id, m.display_name, m.role, m.phone_masked, m.user_id = auth.uid(), m.version, 'active', m.nicknames, m.notified,
    m.timezone, to_char(m.digest_at, 'HH24:MI'), m.created_at
  from family_members m where m.family_id = (select my_family())
  union all
  select i.user_id, i.display_name, i.role, i.phone_masked, false, 1, 'invited', '{}', true, null, null, i.created_at
  from invitations i where i.family_id = (select my_family())
  order by 7, 12, 1 $$;

-- Invites a member, or returns the answer stored under the key. A child without a phone cannot be asked and is a member at once.
create function add_member(p_name text, p_role text, p_phone text, p_most_per_day int, p_key text, p_request_hash bytea) returns json
language plpgsql set search_path = public, pg_temp as $$
declare answer json := take_idempotency_key(p_key, p_request_hash); added uuid;
begin
  if answer is null then
    perform limit_additions(p_most_per_day);
    if p_phone is null then
      insert into family_members (family_id, display_name, role) values (my_family(), p_name, p_role) returning user_id into added;
    else
      insert into invitations (family_id, display_name, role, phone_e164) values (my_family(), p_name, p_role, p_phone) returning user_id into added;
    end if;
    select to_jsonb(p) - 'created_at' into answer from family_people() p where p.user_id = added;
    perform keep_answer(p_key, answer);
  end if;
  return answer;
end $$;

grant execute on function my_family, show_family, task_json, take_idempotency_key, keep_answer, create_task, change_task, delete_task,
  change_family, refuse_member, change_member, remove_member, family_people, add_member to authenticated;
