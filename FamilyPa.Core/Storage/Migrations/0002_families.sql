create table families (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  timezone text not null,
  locale text not null default 'en',
  created_at timestamptz not null default now()
);

create table family_members (
  family_id uuid not null references families (id),
  user_id uuid not null default gen_random_uuid(),
  display_name text not null check (length(display_name) between 1 and 100),
  role text not null default 'member' check (role in ('owner', 'admin', 'member')),
  phone_e164 text unique check (phone_e164 ~ '^\+[1-9][0-9]{6,14}$'),
  last_inbound_at timestamptz,
  opted_out_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (family_id, user_id)
);

select migration.protect('families'), migration.protect('family_members');
