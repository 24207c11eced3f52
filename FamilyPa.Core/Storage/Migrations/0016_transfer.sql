-- Export and import of a family's data.

-- All that is stored of a family, by table, without what is secret, and what only the app's own work needs. A test declares the tables that are left out.
create function export_family(p_family uuid) returns jsonb
language plpgsql stable set search_path = public, pg_temp as $$
declare
  result jsonb := (select jsonb_build_object('exported_at', now(), 'family', to_jsonb(f)) from families f where f.id = p_family);
  target text;
  contents jsonb;
begin
  foreach target in array array['family_members', 'invitations', 'tasks', 'series', 'clarifications', 'chat_turns', 'inbound_messages', 'webhook_events',
    'media_files', 'voice_transcriptions', 'outbound_messages', 'ai_usage', 'budget_days', 'family_budgets', 'calendar_feeds'] loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(r) - array[''family_id'', ''phone_masked'', ''token_hash'', ''sending_id'', ''idempotency_token'', ''traceparent'', ''trace_id'',
        ''blob_name'', ''attempt_id'', ''upcoming'', ''refill_on'']), ''[]'') from %I r where r.family_id = $1', target)
    into contents using p_family;
    result := result || jsonb_build_object(target, contents);
  end loop;
  return result;
end $$;

-- Adds series and tasks that the family does not have, by id. When ids are another family's (taken), or in a dry run, nothing is added.
create function import_tasks(p_family uuid, p_series jsonb, p_tasks jsonb, p_dry_run boolean)
returns table (tasks_added int, series_added int, taken uuid[])
language plpgsql set search_path = public, pg_temp as $$
declare
  given record;
  made tasks;
begin
  taken := array(
    select t.id from tasks t where t.family_id <> p_family and t.id in (select (g ->> 'id')::uuid from jsonb_array_elements(p_tasks) g)
    union all
    select s.id from series s where s.family_id <> p_family and s.id in (select (g ->> 'id')::uuid from jsonb_array_elements(p_series) g));
  if p_dry_run or taken <> '{}' then
    tasks_added := (select count(*) from jsonb_array_elements(p_tasks) g where not exists (select from tasks t where t.id = (g ->> 'id')::uuid));
    series_added := (select count(*) from jsonb_array_elements(p_series) g where not exists (select from series s where s.id = (g ->> 'id')::uuid));
    return next;
    return;
  end if;

  insert into series (id, family_id, title, notes, category, assignees, rule, starts, local_time, remind_before, ended_at, created_at)
  select g.id, p_family, g.title, g.notes, g.category, g.assignees, g.rule, g.starts, g.local_time, g.remind_before, g.ended_at, coalesce(g.created_at, now())
  from jsonb_to_recordset(p_series) as g (id uuid, title text, notes text, category text, assignees uuid[], rule text, starts date, local_time time,
    remind_before interval, ended_at timestamptz, created_at timestamptz)
  on conflict do nothing;
  get diagnostics series_added = row_count;
  tasks_added := 0;
  for given in
    select * from jsonb_to_recordset(p_tasks) as g (id uuid, title text, notes text, category text, assignees uuid[], due_at timestamptz, due_all_day boolean,
      remind_at timestamptz, status text, series_id uuid, occurrence date, created_by uuid, created_at timestamptz, completed_at timestamptz, recurrence text, first date)
  loop
    insert into tasks (id, family_id, title, notes, category, assignees, due_at, due_all_day, remind_at, status, series_id, occurrence, created_by, created_at, completed_at)
    values (given.id, p_family, given.title, given.notes, given.category, given.assignees, given.due_at, given.due_all_day, given.remind_at, given.status,
      given.series_id, given.occurrence, given.created_by, coalesce(given.created_at, now()), given.completed_at)
    on conflict do nothing returning * into made;
    if found then
      tasks_added := tasks_added + 1;
      if given.recurrence is not null and given.series_id is null then
        perform repeat_task(made, given.recurrence, given.first);
      end if;
    end if;
  end loop;
  return next;
end $$;

grant execute on function export_family, import_tasks to service_role;
