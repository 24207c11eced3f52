-- Sign-in by phone: codes, one-tap links and sessions. Codes and tokens are stored as hashes only.
create table sessions (
  id uuid primary key,
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
);
create index sessions_member on sessions (family_id, user_id);
create index sessions_expiry on sessions (expires_at);

-- One row per requested code, also for numbers of no member: both requests must look the same to the caller.
create table login_codes (
  id uuid primary key,
  phone_key bytea not null, -- HMAC of the number, for lookup and counting.
  phone text, -- The number itself, until the code is sent or found to belong to no member.
  code_hash bytea, -- HMAC of the code; null until one is issued.
  family_id uuid references families (id) on delete cascade,
  user_id uuid,
  invited_user uuid, -- Instead of user_id: the invitation that the code accepts.
  tries int not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade,
  foreign key (family_id, invited_user) references invitations (family_id, user_id) on delete set null (invited_user)
);
create index login_codes_phone on login_codes (phone_key, created_at desc);
create index login_codes_member on login_codes (family_id, user_id);
create index login_codes_invited on login_codes (family_id, invited_user);
create index login_codes_created on login_codes (created_at);

create table login_links (
  token_hash bytea primary key,
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (family_id, user_id) references family_members (family_id, user_id) on delete cascade
);
create index login_links_member on login_links (family_id, user_id);
create index login_links_expiry on login_links (expires_at);

-- Fixed-window counters for sign-in limits.
create table sign_in_counts (
  scope text not null check (scope in ('codes_of_address', 'codes_of_family', 'codes_of_all', 'tries_of_address', 'calendar_of_address', 'transfers_of_family')),
  key text not null,
  began_at timestamptz not null,
  count int not null,
  primary key (scope, key, began_at)
);
create index sign_in_counts_age on sign_in_counts (began_at);

select migration.protect('sessions'), migration.protect('login_codes'), migration.protect('login_links'), migration.protect('sign_in_counts');
create policy owner_checks on sessions to current_user using (true) with check (true);

-- Counts a request in the current window. Raises FP006 above the limit, which cancels the rest of the batch. The message is the limit.
create function limit_sign_ins(p_scope text, p_key text, p_span interval, p_most int) returns void language plpgsql set search_path = public, pg_temp as $$
declare counted int;
begin
  insert into sign_in_counts as c (scope, key, began_at, count) values (p_scope, p_key, date_bin(p_span, now(), 'epoch'), 1)
  on conflict (scope, key, began_at) do update set count = c.count + 1 returning c.count into counted;
  if counted > p_most then raise exception '%', p_most using errcode = 'FP006'; end if;
end $$;

-- Stores a request for a code, within the number's limits. It does not look up the member: the queue does, so the response time reveals nothing.
-- Returns 'wanted', or the limit that was exceeded.
create function request_code(
  p_id uuid, p_phone text, p_phone_key bytea, p_lifetime interval, p_per_minute int, p_per_hour int, p_per_day int) returns text
language plpgsql set search_path = public, pg_temp as $$
declare recent record;
begin
  -- Concurrent requests must count each other.
  perform pg_advisory_xact_lock(hashtextextended(encode(p_phone_key, 'hex'), 3001));
  select count(*) filter (where c.created_at > now() - interval '1 minute') as minute,
         count(*) filter (where c.created_at > now() - interval '1 hour') as hour,
         count(*) as day
  into recent from login_codes c where c.phone_key = p_phone_key and c.created_at > now() - interval '1 day';
  if recent.minute >= p_per_minute or recent.hour >= p_per_hour or recent.day >= p_per_day then
    return 'limited_phone';
  end if;
  insert into login_codes (id, phone_key, phone, expires_at, created_at)
  values (p_id, p_phone_key, p_phone, clock_timestamp() + p_lifetime, clock_timestamp());
  return 'wanted';
end $$;

create function open_session(p_session uuid, p_family uuid, p_user uuid, p_lifetime interval)
returns table (user_id uuid, name text, role text, family_id uuid, family_name text, expires_at timestamptz)
language sql set search_path = public, pg_temp as $$
  with opened as (
    insert into sessions (id, family_id, user_id, expires_at)
    select p_session, m.family_id, m.user_id, now() + p_lifetime from family_members m where m.family_id = p_family and m.user_id = p_user
    returning *)
  select o.user_id, m.display_name, m.role, o.family_id, f.name, o.expires_at
  from opened o join family_members m on m.family_id = o.family_id and m.user_id = o.user_id join families f on f.id = o.family_id $$;

-- Counts an attempt on the number's newest code, and uses the code if it matches: no user otherwise. A single UPDATE: concurrent requests cannot
-- both succeed.
create function use_code(p_phone_key bytea, p_code_hash bytea, p_most_tries int, out family_id uuid, out user_id uuid)
language plpgsql set search_path = public, pg_temp as $$
declare code login_codes;
begin
  update login_codes c set tries = c.tries + 1, used_at = case when c.code_hash = p_code_hash then now() end
  where c.id = (select l.id from login_codes l where l.phone_key = p_phone_key order by l.created_at desc limit 1)
    and c.used_at is null and c.tries < p_most_tries and c.expires_at > now()
  returning c.* into code;
  if code.used_at is not null then
    family_id := code.family_id;
    user_id := coalesce(code.user_id, accept_invitation(code.family_id, code.invited_user));
  end if;
end $$;

-- Starts each batch of a member. Raises FP003 unless the claims' user has that session.
create function require_session(p_session uuid) returns void language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  perform from sessions s where s.id = p_session and s.user_id = auth.uid() and s.revoked_at is null and s.expires_at > now();
  if not found then raise exception 'no session' using errcode = 'FP003'; end if;
end $$;

-- The same for an external issuer's token, whose session is stored when it is first used. A session that ended stays ended, and so does
-- every token that was issued before an operator signed the member out.
create function require_outside_session(p_session uuid, p_issued_at timestamptz, p_expires_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into sessions as s (id, family_id, user_id, expires_at)
  select p_session, m.family_id, m.user_id, p_expires_at from family_members m
  where m.user_id = auth.uid() and p_issued_at > coalesce(m.signed_out_at, '-infinity') order by m.created_at, m.family_id limit 1
  on conflict (id) do update set expires_at = excluded.expires_at where s.expires_at < excluded.expires_at and s.user_id = excluded.user_id;
  perform from family_members m where m.user_id = auth.uid() and p_issued_at <= m.signed_out_at;
  if found then raise exception 'signed out' using errcode = 'FP003'; end if;
  perform require_session(p_session);
end $$;
grant execute on function require_session, require_outside_session to authenticated, service_role;
