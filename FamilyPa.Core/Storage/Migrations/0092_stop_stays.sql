-- STOP is said by a number, not by a membership: it holds until that number says START, whoever removes its member or adds it again, and
-- also where the number was in no family yet. A member's is family_members.opted_out_at, as before. What a number says that is no member's is
-- kept here, until it becomes one's.
create table number_choices (
  -- SHA-256. It keeps the number from being read, not from being guessed: there are not enough numbers for that.
  number_hash bytea primary key,
  -- STOP. A START is kept for as long as a STOP that was said before it may still come late.
  opted_out boolean not null,
  said_at timestamptz not null
);
select migration.protect('number_choices');
-- Row security is forced on the owner too, as whom keep_choice runs.
create policy owner_keeps on number_choices to current_user using (true) with check (true);

-- As the app strips it: whatsapp:+15005550006 is +15005550006.
create function without_channel(p_address text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select btrim(substr(p_address, strpos(p_address, ':') + 1))
$$;

create function number_hash(p_number text) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(p_number, 'UTF8'))
$$;

-- Whoever decides by it whether a number is a member's, and whoever makes it one, do so one after the other.
create function lock_number(p_number text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended(p_number, 92))
$$;

-- Whether whoever has this address wants nothing from us.
create function has_opted_out(p_address text) returns boolean
language sql stable set search_path = public, pg_temp as $$
  select exists (select from family_members m where m.phone_e164 = without_channel(p_address) and m.opted_out_at is not null)
    or exists (select from number_choices c where c.number_hash = number_hash(without_channel(p_address)) and c.opted_out)
$$;

-- Runs as the owner: members remove and add members, and may know nothing of this.
create function keep_choice() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  kept number_choices;
begin
  if tg_op <> 'INSERT' and old.opted_out_at is not null and old.phone_e164 is not null then
    insert into number_choices (number_hash, opted_out, said_at) values (number_hash(old.phone_e164), true, old.opted_out_at)
    on conflict (number_hash) do update set opted_out = true, said_at = excluded.said_at;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;

  if tg_op = 'UPDATE' then
    new.opted_out_at := null;
  end if;
  if new.phone_e164 is not null then
    perform lock_number(new.phone_e164);
    delete from number_choices c where c.number_hash = number_hash(new.phone_e164) returning * into kept;
    if kept.opted_out then
      new.opted_out_at := coalesce(new.opted_out_at, kept.said_at);
    end if;
  end if;
  return new;
end $$;

create trigger family_members_choice before insert or delete on family_members
  for each row execute function keep_choice();
create trigger family_members_choice_of_number before update of phone_e164 on family_members
  for each row when (old.phone_e164 is distinct from new.phone_e164) execute function keep_choice();

-- Keeps STOP or START of a number that is no member's; accept_message, which comes after it in the same transaction, sees to a member's.
create function hear_stranger(p_message_sid text, p_number text, p_reason text, p_received_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  perform lock_number(p_number);
  -- A member who is being removed at this moment is waited for: either it stays one until this is stored, or it is none by now.
  perform from family_members m where m.phone_e164 = p_number for key share;
  if found or exists (select from unmatched_messages u where u.provider = 'twilio' and u.message_sid = p_message_sid) then
    return;
  end if;
  insert into number_choices as c (number_hash, opted_out, said_at)
  values (number_hash(p_number), p_reason = 'keyword_stop', least(coalesce(p_received_at, now()), now()))
  on conflict (number_hash) do update set opted_out = excluded.opted_out, said_at = excluded.said_at
  where c.said_at <= excluded.said_at;
end $$;

-- As before, and a stranger who sent STOP is told nothing.
create or replace function tell_stranger_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.answered then
    perform pg_advisory_xact_lock(hashtextextended(new.from_address, 0));
    new.answered := not has_opted_out(new.from_address) and not exists (
      select from unmatched_messages u
      where u.from_address = new.from_address and u.answered and u.received_at > new.received_at - interval '1 day');
  end if;
  return new;
end $$;

revoke all on function without_channel, number_hash, lock_number, has_opted_out, keep_choice, hear_stranger from public;
grant execute on function without_channel, number_hash, lock_number, has_opted_out, hear_stranger to service_role;
