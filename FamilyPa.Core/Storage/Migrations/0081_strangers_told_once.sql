-- A stranger is told once a day that we do not know him. Two of his messages that are taken in at the same moment each saw nothing of the
-- other, and both told him; now the second waits for the first, and sees it.
create function tell_stranger_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
  if new.answered then
    perform pg_advisory_xact_lock(hashtextextended(new.from_address, 0));
    new.answered := not exists (
      select from unmatched_messages u
      where u.from_address = new.from_address and u.answered and u.received_at > new.received_at - interval '1 day');
  end if;
  return new;
end $$;

revoke all on function tell_stranger_once from public;

create trigger unmatched_messages_told_once before insert on unmatched_messages
  for each row execute function tell_stranger_once();
