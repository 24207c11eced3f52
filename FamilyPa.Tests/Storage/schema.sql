-- The schema as text, one line per fact, for schema.approved.txt. Function bodies are left out: the migrations are their source.
with
objects as (
  select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions
  from pg_class c where c.relnamespace in ('public'::regnamespace, 'migration'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'c')),
grants as (
  select o.oid, acl.grantee, acl.privilege_type as privilege, null::smallint as attnum from objects o, aclexplode(o.relacl) acl where acl.grantee <> o.relowner
  union all
  select o.oid, acl.grantee, acl.privilege_type, a.attnum from objects o join pg_attribute a on a.attrelid = o.oid, aclexplode(a.attacl) acl),
facts (object, part, position, fact) as (
  select o.oid::regclass::text, 0, 0, case o.relkind when 'c' then 'type ' when 'v' then 'view ' else 'table ' end || o.oid::regclass
    || case when o.relkind = 'r' and not (o.relrowsecurity and o.relforcerowsecurity) then ' without forced row security' else '' end
    || coalesce(' with ' || array_to_string(o.reloptions, ', '), '')
  from objects o
  union all
  select o.oid::regclass::text, 1, a.attnum, concat_ws(' ', '  ' || a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
    case when a.attgenerated <> '' then 'generated' when a.attidentity <> '' then 'identity' when d.oid is not null then 'default' end, pg_get_expr(d.adbin, d.adrelid))
  from objects o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select o.oid::regclass::text, 2, array_position(array['p', 'u', 'f', 'c', 'x'], k.contype::text), format('  constraint %s: %s', k.conname, pg_get_constraintdef(k.oid))
  from objects o join pg_constraint k on k.conrelid = o.oid
  union all
  select o.oid::regclass::text, 3, 0, '  ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX (\S+) ON \S+ USING (\w+)', '\1index \2: \3')
  from objects o join pg_index i on i.indrelid = o.oid
  where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
  union all
  select o.oid::regclass::text, 4, 0, '  ' || regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER (\S+)', 'trigger \1:') || case t.tgenabled when 'O' then '' else ' disabled' end
  from objects o join pg_trigger t on t.tgrelid = o.oid where not t.tgisinternal
  union all
  select o.oid::regclass::text, 5, 0, format('  policy %s: %s%s to %s', p.polname, case when p.polpermissive then '' else 'restrictive ' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    (select string_agg(case r when 0 then 'public' when o.relowner then 'the owner' else r::regrole::text end, ', ' order by r::regrole::text collate "C") from unnest(p.polroles) r))
    || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
  from objects o join pg_policy p on p.polrelid = o.oid
  union all
  select oid::regclass::text, 6, 0, format('  grant %s to %s', lower(string_agg(text, ', ' order by text collate "C")), case grantee when 0 then 'public' else grantee::regrole::text end)
  from (
    select g.oid, g.grantee, g.privilege || coalesce(' (' || string_agg(a.attname, ', ' order by a.attname collate "C") || ')', '') as text
    from grants g left join pg_attribute a on a.attrelid = g.oid and a.attnum = g.attnum group by g.oid, g.grantee, g.privilege, g.attnum is null) g
  group by oid, grantee
  union all
  select '~', 0, 0, format(E'function %s(%s)\n  returns %s, %s %s%s, %s, execute: %s', p.oid::regproc, pg_get_function_arguments(p.oid),
    pg_get_function_result(p.oid), l.lanname, case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
    case when p.prosecdef then ' security definer' else '' end, array_to_string(p.proconfig, ', '), coalesce((
      select string_agg(case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end, ', ' order by acl.grantee::regrole::text collate "C")
      from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl where acl.grantee <> p.proowner), 'the owner'))
  from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace in ('public'::regnamespace, 'migration'::regnamespace, to_regnamespace('auth')))
select ltrim(string_agg(case when part = 0 then E'\n' else '' end || fact, E'\n' order by object collate "C", part, position, fact collate "C"), E'\n') || E'\n'
from facts
