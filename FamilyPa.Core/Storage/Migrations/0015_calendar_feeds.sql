-- Addresses from which a calendar program reads tasks without a session. Each belongs to a member and ends with the membership.
create table calendar_feeds (
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  -- mine: what the member is reminded of. family: the whole family's tasks.
  scope text not null check (scope in ('mine', 'family')),
  -- SHA-256 of the token in the address. The token is random enough to need no key.
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  primary key (family_id, user_id, scope),
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
);

select migration.protect('calendar_feeds');
-- Members have no rights on the table, so two functions use it as the owner, on which row security is forced too.
create policy owner_keeps on calendar_feeds to current_user using (true) with check (true);

create function my_calendar_feeds() returns table (scope text, created_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.scope, c.created_at from calendar_feeds c where c.family_id = my_family() and c.user_id = auth.uid() order by c.scope desc
$$;

-- Gives the current member's feed a new address, or none for a null token. The old address is worth nothing any more.
create function renew_calendar_feed(p_scope text, p_token_hash bytea) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from calendar_feeds c where c.family_id = my_family() and c.user_id = auth.uid() and c.scope = p_scope;
  if p_token_hash is not null then
    insert into calendar_feeds (family_id, user_id, scope, token_hash) values (my_family(), auth.uid(), p_scope, p_token_hash);
  end if;
end $$;

-- The tasks of a feed's calendar. From its second statement on, the transaction is the feed's member under row security. For an unknown
-- token no member is set: the same statements run and find nothing.
create function read_calendar(p_token_hash bytea, p_days int, p_most int) returns json
language plpgsql set search_path = public, pg_temp as $$
declare
  feed calendar_feeds;
begin
  select * into feed from calendar_feeds c where c.token_hash = p_token_hash;
  perform set_config('request.jwt.claims', json_build_object('sub', feed.user_id, 'role', 'authenticated')::text, true),
    set_config('role', 'authenticated', true);
  return (
    select json_build_object('family', f.name, 'timezone', f.timezone, 'scope', feed.scope, 'tasks', (
      select coalesce(json_agg(d order by d.due_at, d.id), '[]') from (
        select t.id, t.title, t.notes, t.category, nullif(array_to_string(assignee_names(t), ', '), '') as assignee, t.due_at, t.due_all_day, t.remind_at, t.status = 'done' as done,
          t.needs_review, t.created_at, t.updated_at, t.version, (
            select json_build_object('id', s.id, 'title', s.title, 'notes', s.notes, 'category', s.category, 'rule', s.rule, 'starts', s.starts, 'local_time', s.local_time,
              'remind_before', extract(epoch from s.remind_before), 'after', greatest(t.occurrence, (now() at time zone zone_or_utc(f.timezone))::date - 1))
            from series s
            where s.id = t.series_id and s.ended_at is null and t.status in ('open', 'in_progress') and s.rule not like 'AFTER_DONE%'
              and not exists (select from tasks l where l.series_id = s.id and l.occurrence > t.occurrence)) as later
        from tasks t
        where t.family_id = feed.family_id and t.status <> 'canceled' and t.due_at > now() - make_interval(days => p_days)
          and (feed.scope = 'family' or feed.user_id = any (coalesce(nullif(t.assignees, '{}'), array[t.created_by])))
        order by t.due_at, t.id limit p_most) d))
    from families f where f.id = feed.family_id);
end $$;

grant execute on function my_calendar_feeds, renew_calendar_feed to authenticated;
grant execute on function read_calendar to service_role;
