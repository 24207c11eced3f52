-- Addresses from which a calendar program reads tasks without a session. Each belongs to a member and ends with the membership.
create table calendar_feeds (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  scope text not null check (scope in ('mine', 'family')), -- mine: what the member is reminded of. family: the whole family's tasks.
  token_hash bytea not null unique, -- SHA-256 of the token in the address. The token is random enough to need no key.
  created_at timestamptz not null default now(),
  primary key (family_id, user_id, scope),
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
);

select migration.protect('calendar_feeds');
-- Members have no rights on the table, so two functions use it as the owner.
create policy owner_keeps on calendar_feeds to current_user using (true) with check (true);

create function my_calendar_feeds() returns table (scope text, created_at timestamptz) language sql stable security definer set search_path = public, pg_temp as $$
  select c.scope, c.created_at from calendar_feeds c where c.family_id = my_family() and c.user_id = auth.uid() order by c.scope desc $$;

-- Gives the current member's feed a new address, or none for a null token. The old address is worth nothing any more.
create function renew_calendar_feed(p_scope text, p_token_hash bytea) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from calendar_feeds c where c.family_id = my_family() and c.user_id = auth.uid() and c.scope = p_scope;
  if p_token_hash is not null then
    insert into calendar_feeds (family_id, user_id, scope, token_hash) values (my_family(), auth.uid(), p_scope, p_token_hash);
  end if;
end $$;

grant execute on function my_calendar_feeds, renew_calendar_feed to authenticated;
