-- Families and members count their changes, as tasks do: of two people who change one, the second can be told. A member is added once, as a task
-- is, however often that is sent under the same key.

alter table families add column version int not null default 1;
alter table family_members add column version int not null default 1;
grant select (version) on families, family_members to authenticated;

create function count_change() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  new.version := old.version + 1;
  return new;
end $$;

revoke all on function count_change from public;

-- Of what people change only: a member's row is written to with every message they send.
create trigger families_count_changes before update of name, timezone, locale on families
  for each row execute function count_change();
create trigger family_members_count_changes before update of display_name, role on family_members
  for each row execute function count_change();

-- As before, if the family, or the member, is at one of the versions given (null: at any). FP007: at another, which is all that its message says.
-- The former ones stay for as long as a version of the app calls them.
create function change_family(p_versions int[], p_name text, p_timezone text, p_locale text) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  current int;
begin
  update families f set name = coalesce(p_name, f.name), timezone = coalesce(p_timezone, f.timezone), locale = coalesce(p_locale, f.locale)
  where f.id = my_family() and (p_versions is null or f.version = any (p_versions));
  if not found then
    -- Locked as if to change it, so that only who may change it finds it.
    select f.version into current from families f where f.id = my_family() for no key update;
    if found then
      raise exception '%', current using errcode = 'FP007';
    end if;
    raise exception 'not allowed' using errcode = 'insufficient_privilege';
  end if;
end $$;

create function change_member(p_versions int[], p_user uuid, p_name text, p_role text) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  current int;
begin
  update family_members m set display_name = coalesce(p_name, m.display_name), role = coalesce(p_role, m.role)
  where m.family_id = my_family() and m.user_id = p_user and (p_versions is null or m.version = any (p_versions));
  if not found then
    select m.version into current from family_members m where m.family_id = my_family() and m.user_id = p_user for no key update;
    if found then
      raise exception '%', current using errcode = 'FP007';
    end if;
    perform refuse_member(p_user);
  end if;
end $$;

revoke all on function change_family(int[], text, text, text), change_member(int[], uuid, text, text) from public;
grant execute on function change_family(int[], text, text, text), change_member(int[], uuid, text, text) to authenticated;

-- Adds a member, or answers what was answered under the key before (null: under none). FP008: the family has p_most members already.
create function add_member(p_name text, p_role text, p_phone text, p_most int, p_key text, p_request_hash bytea) returns json
language plpgsql set search_path = public, pg_temp as $$
declare
  answer json;
begin
  if p_key is not null then
    answer := take_idempotency_key(p_key, p_request_hash);
  end if;
  if answer is null then
    insert into family_members as m (family_id, display_name, role, phone_e164)
    select my_family(), p_name, p_role, p_phone where (select count(*) from family_members n where n.family_id = my_family()) < p_most
    returning json_build_object('user_id', m.user_id, 'name', m.display_name, 'role', m.role, 'phone_masked', m.phone_masked,
      'you', false, 'version', m.version) into answer;
    if not found then
      raise exception 'the family is full' using errcode = 'FP008';
    end if;
    if p_key is not null then
      perform keep_answer(p_key, answer);
    end if;
  end if;
  return answer;
end $$;

revoke all on function add_member from public;
grant execute on function add_member to authenticated;
