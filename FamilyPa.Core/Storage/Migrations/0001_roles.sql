-- Roles, default privileges and row security. The role names and their meaning are those of Supabase, where the first three exist already.
-- The app logs in as familypa_app, which owns nothing and sets one of the three roles for each transaction (SET LOCAL ROLE).
do $$
declare wanted text;
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
  -- Roles belong to the server: two databases that are migrated at the same time may create the same role.
  when duplicate_object or unique_violation then null;
end $$;

grant anon, authenticated, service_role to familypa_app;

revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;

-- New objects grant nothing, so later migrations need no revoke. Without this, Supabase grants its three roles every new table, function and
-- sequence of this schema. The Migrator revokes what PostgreSQL grants, and grants service_role each function that has no rights of its own.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- Creates a restrictive policy, which no permissive policy can override. The condition repeats the role because a policy also applies to
-- the members of its role, and on Supabase the tables' owner is a member of all three.
create function migration.deny(target regclass, denied name) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create policy %I on %s as restrictive to %I using (current_user <> %L)', denied || '_nothing', target, denied, denied);
end $$;

-- Protects a table: row security is enabled and also forced on the owner; service_role gets the given privileges by a policy
-- (so it does not need BYPASSRLS); anon and authenticated are denied. A table that SECURITY DEFINER functions use has a policy owner_… too.
create function migration.protect(target regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, anon, authenticated, service_role', target);
  execute format('grant %s on %s to service_role', privileges, target);
  execute format('create policy service_role_everything on %s to service_role using (true) with check (true)', target);
  perform migration.deny(target, 'anon'), migration.deny(target, 'authenticated');
end $$;

-- Lets members see these columns of their families' rows.
create function migration.show_to_members(target regclass, columns text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop policy authenticated_nothing on %s', target);
  execute format('grant select (%s) on %s to authenticated', columns, target);
  execute format('create policy members_see on %s for select to authenticated using (family_id = any ((select public.my_families())::uuid[]))', target);
end $$;

-- The journal lists the applied migrations. Only its owner reads and writes it, also a new one after REASSIGN OWNED, which changes no policy.
alter table migration.journal enable row level security;
alter table migration.journal force row level security;
create policy owner_everything on migration.journal using (pg_has_role((select relowner from pg_class where oid = 'migration.journal'::regclass), 'usage'));
select migration.deny('migration.journal', denied) from unnest(array['anon', 'authenticated', 'service_role']) denied;

-- Supabase provides auth.uid(). Elsewhere this one replaces it: the user id in the claims of the transaction, or null.
do $do$
begin
  if to_regnamespace('auth') is null then
    create schema auth;
    grant usage on schema auth to anon, authenticated, service_role;
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
    begin
      return (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid;
    exception
      -- The claims are missing or invalid. The error is not rethrown because its message would contain them.
      when data_exception or program_limit_exceeded then return null;
    end $$;
    grant execute on function auth.uid() to anon, authenticated, service_role;
  end if;
end $do$;
