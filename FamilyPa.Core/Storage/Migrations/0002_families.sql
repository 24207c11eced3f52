create table families (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  timezone text not null,
  locale text not null default 'en',
  created_at timestamptz not null default now(),
  version int not null default 1
);

create table family_members (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null default gen_random_uuid(),
  display_name text not null check (length(display_name) between 1 and 100),
  role text not null default 'member' check (role in ('owner', 'admin', 'member')),
  phone_e164 text check (phone_e164 ~ '^\+[1-9][0-9]{6,14}$'),
  -- Members may read this column only: a stolen session must not reveal the family's phone numbers.
  phone_masked text generated always as ('…' || right(phone_e164, 2)) stored,
  -- WhatsApp's business-scoped id of the member, which arrives beside the phone or instead of it.
  external_user_id text check (external_user_id ~ '^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$'),
  -- What the family calls the member besides: "Mum".
  nicknames text[] not null default '{}' check (cardinality(nicknames) <= 10 and length(array_to_string(nicknames, ' ')) <= 600),
  notified boolean not null default true, -- Whether the member gets notices of tasks that others assign to them or complete for them.
  timezone text, -- An IANA name; null for the family's.
  digest_at time, -- The time of day of the member's digest, in the member's time zone; null for none. The first comes after digest_set_at.
  digest_set_at timestamptz,
  chosen_at timestamptz, -- When the member last chose this family for their messages, who is in several.
  last_inbound_at timestamptz,
  opted_out_at timestamptz,
  signed_out_at timestamptz, -- When an operator ended all sessions. An external issuer's token that was issued before is refused.
  created_at timestamptz not null default now(),
  version int not null default 1,
  primary key (family_id, user_id),
  unique (phone_e164, family_id),
  unique (external_user_id, family_id)
) with (fillfactor = 80); -- Leaves room in each page, so that updates of last_inbound_at do not touch the indexes (HOT updates).
create index family_members_user on family_members (user_id);
create index family_members_digest on family_members (family_id) where digest_at is not null;

-- People whom a member added and who have not accepted. They belong to no family yet, and nothing that they write reaches it.
create table invitations (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null default gen_random_uuid(),
  display_name text not null check (length(display_name) between 1 and 100),
  role text not null default 'member' check (role in ('owner', 'admin', 'member')),
  phone_e164 text not null check (phone_e164 ~ '^\+[1-9][0-9]{6,14}$'),
  phone_masked text generated always as ('…' || right(phone_e164, 2)) stored,
  invited_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  texted_at timestamptz, -- When we first wrote to the number unasked.
  asked_at timestamptz, -- When the number was last told who invites it, also in answer to its own message. Only then can it accept.
  primary key (family_id, user_id),
  unique (family_id, phone_e164)
);
create index invitations_phone on invitations (phone_e164);

-- Numbers that no family's invitation is sent to for a while: they got one, or declined one.
create table invitation_pauses (
  number_hash bytea primary key,
  ends_at timestamptz not null
);
create index invitation_pauses_end on invitation_pauses (ends_at);

-- STOP and START of numbers that belong to no member. STOP belongs to the number: it survives removing and adding its member.
create table number_opt_outs (
  number_hash bytea primary key, -- SHA-256 of the number. It prevents reading the number, but not guessing it.
  opted_out boolean not null, -- True for STOP. START is stored too, because an older STOP may arrive after it.
  said_at timestamptz not null
);

-- The service's role never deletes a family: only erase_family and delete_canary_family do.
select migration.protect('families', 'select, insert, update'), migration.protect('family_members'), migration.protect('number_opt_outs'),
  migration.protect('invitations'), migration.protect('invitation_pauses');

create policy owner_erases on families to current_user using (true) with check (true);
create policy owner_looks_up on family_members for select to current_user using (true);
-- What a foreign key does, a row lock here, is an update to row security.
create policy owner_locks on family_members for update to current_user using (true);
create policy owner_keeps on number_opt_outs to current_user using (true) with check (true);
create policy owner_ends on invitations to current_user using (true) with check (true);

-- The families in which the current member has one of these roles. Policies use it as (select my_families())::uuid[], which PostgreSQL
-- evaluates once per query, so that an index on family_id applies.
create function my_families(p_roles text[] default array['owner', 'admin', 'member']) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.family_id), '{}') from family_members m where m.user_id = (select auth.uid()) and m.role = any (p_roles) $$;

create function is_family_member(family uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from family_members m where m.family_id = family and m.user_id = (select auth.uid())) $$;

create function family_role(family uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
  select m.role from family_members m where m.family_id = family and m.user_id = (select auth.uid()) $$;

-- Whether the current member may add, change or remove a member of that role.
create function may_manage(family uuid, managed text) returns boolean language sql stable set search_path = public, pg_temp as $$
  select case family_role(family) when 'owner' then true when 'admin' then managed <> 'owner' else false end $$;

grant execute on function my_families, is_family_member, family_role, may_manage to authenticated;

drop policy authenticated_nothing on families;
grant select (id, name, timezone, locale, created_at, version), update (name, timezone, locale) on families to authenticated;
create policy members_see on families for select to authenticated using (id = any ((select my_families())::uuid[]));
create policy admins_change on families for update to authenticated using (id = any ((select my_families(array['owner', 'admin']))::uuid[]));

-- No grant on user_id, and none to update family_id: nobody can move a member between families. None on the phone: a number is invited.
select migration.show_to_members('family_members', 'family_id, user_id, display_name, role, phone_masked, nicknames, notified, timezone, digest_at, digest_set_at, created_at, version');
grant insert (family_id, display_name, role), update (display_name, role, nicknames, notified, timezone, digest_at, digest_set_at), delete on family_members to authenticated;
create policy admins_add on family_members for insert to authenticated with check (may_manage(family_id, role));
-- Members may change their own name, but not their role.
create policy admins_change on family_members for update to authenticated
  using (may_manage(family_id, role) or user_id = (select auth.uid()))
  with check (may_manage(family_id, role) or (user_id = (select auth.uid()) and role = family_role(family_id)));
create policy admins_remove on family_members for delete to authenticated using (may_manage(family_id, role) or user_id = (select auth.uid()));

select migration.show_to_members('invitations', 'family_id, user_id, display_name, role, phone_masked, created_at');
grant insert (family_id, display_name, role, phone_e164), delete on invitations to authenticated;
create policy admins_add on invitations for insert to authenticated with check (may_manage(family_id, role));
create policy admins_remove on invitations for delete to authenticated using (may_manage(family_id, role));

-- A family has 50 members and invitations at most (FP008). Who becomes a member is not invited any more, and no member is invited.
create function limit_members() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- The lock makes concurrent additions count each other.
  perform from families f where f.id = new.family_id for no key update;
  if tg_table_name = 'family_members' then
    delete from invitations i where i.family_id = new.family_id and i.phone_e164 = new.phone_e164;
  elsif exists (select from family_members m where m.family_id = new.family_id and m.phone_e164 = new.phone_e164) then
    raise exception 'the number is a member''s' using errcode = 'unique_violation';
  end if;
  if (select count(*) from family_members m where m.family_id = new.family_id)
    + (select count(*) from invitations i where i.family_id = new.family_id) >= 50 then
    raise exception 'the family is full' using errcode = 'FP008';
  end if;
  return new;
end $$;
create trigger family_members_room_left before insert on family_members for each row execute function limit_members();
create trigger invitations_room_left before insert on invitations for each row execute function limit_members();

-- Makes an invitation a membership, for a number that has proven to agree, and returns the member's user_id; null when it is gone. That is never the
-- invitation's, which would tell the family who is a member elsewhere.
create function accept_invitation(p_family uuid, p_user uuid) returns uuid language plpgsql set search_path = public, pg_temp as $$
declare member uuid;
begin
  insert into family_members (family_id, display_name, role, phone_e164)
  select i.family_id, i.display_name, i.role, i.phone_e164 from invitations i where i.family_id = p_family and i.user_id = p_user
  on conflict do nothing returning user_id into member;
  return member;
end $$;

create function count_change() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.version := old.version + 1;
  return new;
end $$;

-- Only for columns that people edit: last_inbound_at changes with incoming messages.
create trigger families_count_changes before update of name, timezone, locale on families for each row execute function count_change();
create trigger family_members_count_changes before update of display_name, role, nicknames, notified, timezone, digest_at on family_members
  for each row execute function count_change();

-- Rejects (FP002) removing or demoting the last owner, unless the family itself is deleted.
create function require_an_owner() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- The lock makes two owners who leave concurrently see each other.
  perform from families f where f.id = old.family_id for no key update;
  if found and not exists (select from family_members m where m.family_id = old.family_id and m.role = 'owner') then
    raise exception 'the last owner stays' using errcode = 'FP002';
  end if;
  return null;
end $$;
create trigger family_members_owner_required_on_delete after delete on family_members for each row when (old.role = 'owner') execute function require_an_owner();
create trigger family_members_owner_required_on_update after update of role, family_id on family_members
  for each row when (old.role = 'owner' and (new.role <> 'owner' or new.family_id <> old.family_id)) execute function require_an_owner();

-- Functions that each message calls are plpgsql. Before version 18, PostgreSQL parses and plans a sql function again in each statement.

-- Removes the channel from an address as the app does: whatsapp:+15005550006 becomes +15005550006.
create function without_channel(p_address text) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin return btrim(substr(p_address, strpos(p_address, ':') + 1)); end $$;

-- The one form in which numbers and ids are stored and compared, as E164Phone.Canonical makes it: mobile numbers of Mexico without the 1, of Argentina and
-- Brazil with the 9. Never to send from: a number of ours is what Twilio calls it.
create function canonical_number(p_address text) returns text language plpgsql immutable set search_path = public, pg_temp as $$
begin
  return regexp_replace(regexp_replace(regexp_replace(without_channel(p_address),
    '^\+521(\d{10})$', '+52\1'), '^\+54([1-8]\d{9})$', '+549\1'), '^\+55(\d{2})([016-9]\d{7})$', '+55\19\2');
end $$;

-- A canonical number, and the other form in which WhatsApp may write it.
create function spellings(p_number text) returns text[] language sql immutable set search_path = public, pg_temp as $$
  select array[p_number, regexp_replace(regexp_replace(regexp_replace(p_number,
    '^\+52(\d{10})$', '+521\1'), '^\+549(\d{10})$', '+54\1'), '^\+55(\d{2})9([016-9]\d{7})$', '+55\1\2')] $$;

-- All addresses that Twilio may call these canonical numbers by.
create function addresses_of(p_numbers text[]) returns text[] language sql immutable set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct a), '{}') from unnest(p_numbers) n, unnest(spellings(n)) s, unnest(array[s, 'whatsapp:' || s]) a $$;

create function canonicalize_phone() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.phone_e164 := canonical_number(new.phone_e164);
  return new;
end $$;

-- Before the other triggers, which run in the order of their names.
create trigger a_phone_canonical before insert or update of phone_e164 on family_members for each row execute function canonicalize_phone();
create trigger a_phone_canonical before insert or update of phone_e164 on invitations for each row execute function canonicalize_phone();
grant execute on function without_channel, canonical_number to authenticated;

-- The memberships of the person who writes from an address and is written to there: one in each of their families.
create function members_at(p_address text) returns setof family_members language plpgsql stable set search_path = public, pg_temp as $$
declare canonical constant text := canonical_number(p_address);
begin return query select m.* from family_members m where m.phone_e164 = canonical or m.external_user_id = canonical; end $$;

create function number_hash(p_number text) returns bytea language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin return sha256(convert_to(p_number, 'UTF8')); end $$;

-- Serialises transactions that decide whether a number belongs to a member.
create function lock_number(p_number text) returns void language sql set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(p_number, 92)) $$;

create function has_opted_out(p_address text) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
begin
  return exists (select from members_at(p_address) m where m.opted_out_at is not null)
    or exists (select from number_opt_outs c where c.number_hash = number_hash(canonical_number(p_address)) and c.opted_out);
end $$;

-- A number or id is one person's, who has the same user_id, number, id and opt-out in each family; of another person it is refused. STOP moves between
-- family_members.opted_out_at and number_opt_outs, which members may not read, so it runs as the owner.
create function keep_person() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare person family_members; kept timestamptz;
begin
  if tg_op <> 'INSERT' and old.opted_out_at is not null then
    perform lock_number(n) from unnest(array[old.phone_e164, old.external_user_id]) n where n is not null;
    insert into number_opt_outs (number_hash, opted_out, said_at)
    select number_hash(n), true, old.opted_out_at from unnest(array[old.phone_e164, old.external_user_id]) n
    where n is not null and not exists (select from members_at(n) m where m.family_id <> old.family_id)
    on conflict (number_hash) do update set opted_out = true, said_at = excluded.said_at;
  end if;
  if tg_op = 'DELETE' then return old; end if;

  perform lock_number(n) from unnest(array[new.phone_e164, new.external_user_id]) n where n is not null;
  select * into person from family_members m
  where (m.phone_e164 = new.phone_e164 or m.external_user_id = new.external_user_id) and (tg_op = 'INSERT' or (m.family_id, m.user_id) <> (old.family_id, old.user_id))
  order by m.user_id = new.user_id limit 1;
  if tg_op = 'INSERT' and found then
    new.user_id := person.user_id;
    new.phone_e164 := coalesce(new.phone_e164, person.phone_e164);
    new.external_user_id := coalesce(new.external_user_id, person.external_user_id);
    new.last_inbound_at := person.last_inbound_at;
    new.signed_out_at := person.signed_out_at;
  end if;
  if exists (select from family_members m where (m.phone_e164 = new.phone_e164 or m.external_user_id = new.external_user_id) and m.user_id <> new.user_id)
    or tg_op = 'INSERT' and (person.phone_e164 <> new.phone_e164 or person.external_user_id <> new.external_user_id) then
    raise exception 'the number or id is another member''s' using errcode = 'unique_violation';
  end if;

  with gone as (
    delete from number_opt_outs c where c.number_hash in (number_hash(new.phone_e164), number_hash(new.external_user_id)) returning c.*)
  select max(g.said_at) into kept from gone g where g.opted_out;
  new.opted_out_at := coalesce(case when tg_op = 'INSERT' then new.opted_out_at end, kept, person.opted_out_at);
  return new;
end $$;

create function keep_person_alike() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update family_members m set phone_e164 = new.phone_e164, external_user_id = new.external_user_id
  where m.user_id = new.user_id and m.family_id <> new.family_id
    and (m.phone_e164, m.external_user_id) is distinct from (new.phone_e164, new.external_user_id);
  return null;
end $$;
create trigger family_members_opt_out_kept before insert or delete on family_members for each row execute function keep_person();
create trigger family_members_opt_out_moved before update of phone_e164, external_user_id on family_members
  for each row when (old.phone_e164 is distinct from new.phone_e164 or old.external_user_id is distinct from new.external_user_id)
  execute function keep_person();
create trigger family_members_stay_alike after insert or update of phone_e164, external_user_id on family_members
  for each row execute function keep_person_alike();

-- Links an id to the person whose phone it arrived with. An id that another person has is not moved.
create function link_external_id(p_family uuid, p_user uuid, p_external_id text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select from family_members m where m.external_user_id = p_external_id) then
    -- Two members whose messages bring the same id at once.
    perform lock_number(p_external_id);
    update family_members m set external_user_id = p_external_id
    where m.family_id = p_family and m.user_id = p_user and not exists (select from family_members o where o.external_user_id = p_external_id);
  end if;
end $$;

create function without_accents(p_text text) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin return translate(regexp_replace(normalize(p_text, NFKD), '[\u0300-\u036f]', '', 'g'), 'ı', 'i'); end $$;

-- A text without case, accents and the signs around it.
create function folded(p_text text) returns text language plpgsql immutable set search_path = public, pg_temp as $$
begin return btrim(regexp_replace(lower(without_accents(p_text)), '\s+', ' ', 'g'), ' .!?"'); end $$;

-- The families of a person in the order in which they joined. label: what texts call them, "Smith", or "Smith 2" where two have that name.
-- words: what else chooses them, folded.
create function families_of(p_user uuid) returns table (family_id uuid, n int, name text, label text, words text[])
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return query
    select f.id, f.n, f.short, f.short || f.mark, array_remove(array[folded(f.short || f.mark), folded(f.n || ' ' || f.short), folded(f.whole || f.mark)], '')
    from (
      select o.*, case when count(*) over (partition by folded(o.short)) > 1 then ' ' || o.n else '' end as mark
      from (
        select f.id, f.name as whole, btrim(left(f.name, 16)) as short, (row_number() over (order by m.created_at, f.id))::int as n
        from family_members m join families f on f.id = m.family_id where m.user_id = p_user) o) f
    order by f.n;
end $$;
