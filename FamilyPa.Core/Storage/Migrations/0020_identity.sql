-- Who is asking, and nobody else by oversight.

-- Nothing that is made from here on is anybody's until it is granted by name. PostgreSQL lets everyone execute a new function; Supabase
-- gives its three roles every new table, function and sequence of this schema.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- A denial that no other policy can lift, for policies of its kind are all asked. The role is named again in the condition because the
-- tables' owner may be a member of these roles (on Supabase it is), and every policy of a role counts for its members too.
create function migration.deny(target regclass, denied name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create policy %I on %s as restrictive to %I using (current_user <> %L)', denied || '_nothing', target, denied, denied);
end $$;

-- As before, and anon and authenticated are denied by name. A table that members may see drops the policy authenticated_nothing, and
-- says in policies and grants of its own what they may.
create or replace function migration.protect(target regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on %s from public, anon, authenticated, service_role', target);
  execute format('grant %s on %s to service_role', privileges, target);
  execute format('create policy service_role_everything on %s to service_role using (true) with check (true)', target);
  perform migration.deny(target, 'anon'), migration.deny(target, 'authenticated');
end $$;

-- What is here already, of ours.
do $$
declare
  found record;
begin
  for found in
    select c.oid::regclass as target, c.relkind from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relowner = current_user::regrole and c.relkind in ('r', 'p', 'S')
  loop
    if found.relkind = 'S' then
      execute format('revoke all on sequence %s from public, anon, authenticated', found.target);
    else
      perform migration.deny(found.target, 'anon'), migration.deny(found.target, 'authenticated');
    end if;
  end loop;
  for found in
    select p.oid::regprocedure as target from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'migration'::regnamespace) and p.proowner = current_user::regrole
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', found.target);
  end loop;
  perform migration.deny('migration.journal', denied) from unnest(array['anon', 'authenticated', 'service_role']) denied;
end $$;

-- auth.uid() is Supabase's. Where it is missing, this one stands in for it: the member whose claims the transaction bears, or null.
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
      -- No claims, or no JSON, or no id in them: then it is nobody, and what was in them is not repeated in an error.
      when data_exception or program_limit_exceeded then return null;
    end $$;
    revoke all on function auth.uid() from public;
    grant execute on function auth.uid() to anon, authenticated, service_role;
  end if;
end $do$;

-- The three below look a member up past the row policies, which ask them in turn. They run as the owner, on whom row security is forced.
create policy owner_looks_up on family_members for select to current_user using (true);
create index family_members_user on family_members (user_id);

-- The families that the asking member belongs to in one of these roles. A policy takes it as a value that is found once for a query,
-- (select my_families())::uuid[], so that the rows of other families are not even looked at where there is an index on family_id.
create function my_families(p_roles text[] default array['owner', 'admin', 'member']) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.family_id), '{}') from family_members m where m.user_id = (select auth.uid()) and m.role = any (p_roles)
$$;

create function is_family_member(family uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from family_members m where m.family_id = family and m.user_id = (select auth.uid()))
$$;

-- owner, admin or member; null for whoever is not in that family.
create function family_role(family uuid) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select m.role from family_members m where m.family_id = family and m.user_id = (select auth.uid())
$$;

-- Whether the asking member may add, change or remove one of that role: owners everyone, admins everyone but owners.
create function may_manage(family uuid, managed text) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select case family_role(family) when 'owner' then true when 'admin' then managed <> 'owner' else false end
$$;

revoke all on function my_families, is_family_member, family_role, may_manage from public;
grant execute on function my_families, is_family_member, family_role, may_manage to authenticated;
