-- Who may do what. Nobody logs in as anon, authenticated or service_role: the app logs in as familypa_app,
-- which owns nothing, and takes one of the three for the length of a transaction (SET LOCAL ROLE).
-- The names and their meaning are those of Supabase, where the first three exist already.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin noinherit', wanted);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'familypa_app') then
    create role familypa_app login noinherit;
  end if;
exception
  -- Roles belong to the whole server: two databases migrated at the same moment both try.
  when duplicate_object or unique_violation then null;
end $$;

grant anon, authenticated, service_role to familypa_app;

revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;

-- The migrator's own schema (it holds the journal of what was applied) is out of the app's reach.
alter table migration.journal enable row level security;
alter table migration.journal force row level security;
create policy migrator on migration.journal to current_user using (true) with check (true);

-- The one place that protects a table: row security enabled and forced, service_role admitted by an explicit
-- policy (so that BYPASSRLS is not needed) with just the privileges named, nobody else admitted at all.
create function migration.protect(target regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, anon, authenticated, service_role', target);
  execute format('grant %s on %s to service_role', privileges, target);
  execute format('create policy service_role_everything on %s to service_role using (true) with check (true)', target);
end $$;
