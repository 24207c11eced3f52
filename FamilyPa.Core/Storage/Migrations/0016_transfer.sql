-- Adds series and tasks that the family does not have, by id. When ids are another family's (taken), or in a dry run, nothing is added.
create function import_tasks(p_family uuid, p_series jsonb, p_tasks jsonb, p_dry_run boolean, out tasks_added int, out series_added int, out taken uuid[])
language plpgsql set search_path = public, pg_temp as $$
declare added uuid[];
begin
  taken := array(
    select t.id from tasks t where t.family_id <> p_family and t.id in (select (g ->> 'id')::uuid from jsonb_array_elements(p_tasks) g)
    union all
    select s.id from series s where s.family_id <> p_family and s.id in (select (g ->> 'id')::uuid from jsonb_array_elements(p_series) g));
  if p_dry_run or taken <> '{}' then
    tasks_added := (select count(*) from jsonb_array_elements(p_tasks) g where not exists (select from tasks t where t.id = (g ->> 'id')::uuid));
    series_added := (select count(*) from jsonb_array_elements(p_series) g where not exists (select from series s where s.id = (g ->> 'id')::uuid));
    return;
  end if;

  insert into series (id, family_id, title, notes, category, assignees, rule, starts, local_time, remind_before, ended_at, created_at)
  select g.id, p_family, g.title, g.notes, g.category, g.assignees, g.rule, g.starts, g.local_time, g.remind_before, g.ended_at, coalesce(g.created_at, now())
  from jsonb_populate_recordset(null::series, p_series) g
  on conflict do nothing;
  get diagnostics series_added = row_count;
  with made as (
    insert into tasks (id, family_id, title, notes, category, assignees, due_at, due_all_day, remind_at, status, series_id, occurrence, created_by, created_at, completed_at)
    select g.id, p_family, g.title, g.notes, g.category, g.assignees, g.due_at, g.due_all_day, g.remind_at, g.status,
      g.series_id, g.occurrence, g.created_by, coalesce(g.created_at, now()), g.completed_at
    from jsonb_populate_recordset(null::tasks, p_tasks) g
    on conflict do nothing returning id)
  select count(*), coalesce(array_agg(id), '{}') into tasks_added, added from made;
  perform repeat_task(t, g ->> 'recurrence', (g ->> 'first')::date)
  from jsonb_array_elements(p_tasks) g join tasks t on t.id = (g ->> 'id')::uuid
  where t.id = any (added) and t.series_id is null and g ->> 'recurrence' is not null;
end $$;
