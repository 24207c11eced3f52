-- A family keeps an owner: the last one can neither leave nor step down (FP002). Whoever is removed together with the family may go.
create function keep_an_owner() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- One at a time in a family: of two owners who leave at once, the second sees that the first is gone.
  perform from families f where f.id = old.family_id for no key update;
  if found and not exists (select from family_members m where m.family_id = old.family_id and m.role = 'owner') then
    raise exception 'the last owner stays' using errcode = 'FP002';
  end if;
  return null;
end $$;

revoke all on function keep_an_owner from public;

create trigger family_members_keep_an_owner_who_leaves after delete on family_members
  for each row when (old.role = 'owner') execute function keep_an_owner();
create trigger family_members_keep_an_owner_who_changes after update of role, family_id on family_members
  for each row when (old.role = 'owner' and (new.role <> 'owner' or new.family_id <> old.family_id)) execute function keep_an_owner();
