-- One row per received message of a member, never changed except by purge_due_events, erase_family and delete_canary_family.
create table webhook_events (
  id uuid primary key default gen_random_uuid(),
  message_sid text not null unique,
  family_id uuid not null references families (id) on delete cascade,
  provider text not null default 'twilio',
  -- webhook: Twilio posted it. fallback: it came through the fallback queue. reconciled: we read it from Twilio's message list.
  source text not null default 'webhook' check (source in ('webhook', 'fallback', 'reconciled')),
  raw_payload jsonb not null, -- The whole form. U+0000, which jsonb cannot hold, is replaced by U+FFFD.
  size_bytes int not null, -- The form's size as received, also after retention.
  idempotency_token text,
  request_id text,
  traceparent text, -- The webhook's span (W3C traceparent) and its trace id.
  trace_id text,
  received_at timestamptz not null default now(),
  purged_at timestamptz
);
create index webhook_events_family on webhook_events (family_id);
create index webhook_events_unpurged on webhook_events (received_at) where purged_at is null;

-- The message that the pipeline processes.
create table inbound_messages (
  message_sid text not null,
  provider text not null,
  family_id uuid not null references families (id) on delete cascade,
  user_id uuid not null,
  from_phone text,
  from_address text not null,
  to_address text not null,
  body text not null,
  num_media int not null default 0,
  -- What the message is, decided once at ingestion. A regular expression, because PostgreSQL prepares a CHECK again in each statement.
  classification text not null default 'ordinary'
    check (classification ~ '^(ordinary|keyword_(stop|start|help)|command_(list|clear|more|done|undo|delete|snooze|assign|mute|unmute|digest|family|board|help)|unsupported_(location|message)|reaction|repeating|repeated|automatic)$'),
  -- Only the fields of the form that phase_input reads (Media…, Forwarded); null when there are none, and after retention.
  raw_payload jsonb,
  created_at timestamptz not null default now(),
  primary key (message_sid, provider)
);
create index inbound_messages_phone on inbound_messages (from_phone);
create index inbound_messages_member on inbound_messages (family_id, user_id, created_at desc);

-- Messages with a valid signature whose sender is in no family. They are not processed; operators can replay them. Also those that wait until their
-- sender, who is in several, has said which family they are for.
create table unmatched_messages (
  provider text not null default 'twilio',
  message_sid text not null,
  from_address text not null,
  to_address text not null,
  raw_payload jsonb not null, -- The whole form, as in webhook_events.
  source text not null default 'webhook' check (source in ('webhook', 'fallback', 'reconciled')),
  answered boolean not null,
  invited boolean not null default false, -- Its sender was invited and had not accepted: it never becomes a family's message.
  waiting_for uuid, -- The user_id of the sender who was asked for the family.
  received_at timestamptz not null default now(),
  primary key (provider, message_sid)
);
create index unmatched_messages_sender on unmatched_messages (from_address, received_at);
create index unmatched_messages_received on unmatched_messages (received_at, message_sid);
create index unmatched_messages_waiting on unmatched_messages (waiting_for) where waiting_for is not null;

-- One row per attachment that the download phase has handled.
create table media_files (
  family_id uuid not null references families (id) on delete cascade,
  message_sid text not null,
  ordinal int not null,
  media_url text,
  declared_type text,
  content_type text, -- Detected from the content; null when nothing was downloaded.
  -- Name in the blob container "media"; null when the content was not stored or has been deleted. Of a picture only the scaled JPEG is stored.
  blob_name text,
  size_bytes bigint,
  seconds double precision,
  reason text, -- Why the attachment is not processed (a status_reason); null for a recording or picture that is.
  -- A picture that members can see.
  is_picture boolean not null generated always as (coalesce(content_type like 'image/%' and blob_name is not null and reason is null, false)) stored,
  provider_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (message_sid, ordinal)
);
create index media_files_family on media_files (family_id);

create table voice_transcriptions (
  id uuid primary key default gen_random_uuid(),
  family_id uuid not null references families (id) on delete cascade,
  message_sid text not null,
  ordinal int not null,
  media_url text,
  transcript text not null,
  language text,
  seconds double precision not null,
  deployment text not null,
  cost_usd numeric(16, 10) not null default 0,
  created_at timestamptz not null default now(),
  unique (message_sid, ordinal)
);
create index voice_transcriptions_family on voice_transcriptions (family_id, created_at);

select migration.protect('webhook_events', 'select, insert'), migration.protect('inbound_messages'), migration.protect('unmatched_messages'),
  migration.protect('media_files'), migration.protect('voice_transcriptions');

select migration.show_to_members('inbound_messages', 'message_sid, family_id, user_id, body, num_media, created_at');
select migration.show_to_members('media_files', 'family_id, message_sid, ordinal, blob_name, is_picture');
select migration.show_to_members('voice_transcriptions', 'id, family_id, message_sid, ordinal, transcript, language, seconds, created_at');

-- Also rejects roles with full rights, except inside the three functions above. The app's roles may neither update nor delete
-- here, so setting familypa.purging themselves gains them nothing.
create function reject_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('familypa.purging', true) = 'on' then
    if tg_op = 'DELETE' then
      return old;
    elsif tg_op = 'UPDATE' and old.purged_at is null and new.purged_at is not null then
      return new;
    end if;
  end if;
  raise exception '% is immutable: % refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;
create trigger webhook_events_immutable before update or delete on webhook_events for each row execute function reject_change();
create trigger webhook_events_kept before truncate on webhook_events for each statement execute function reject_change();

-- Answers an unknown sender at most once a day, and never after STOP; who waits, once in two minutes. The lock makes a sender's concurrent messages see each other.
create function answer_unknown_sender_once() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.answered then
    perform pg_advisory_xact_lock(hashtextextended(new.from_address, 0));
    new.answered := not has_opted_out(new.from_address) and not exists (
      select from unmatched_messages u
      where u.from_address = new.from_address and u.answered and u.invited = new.invited and u.waiting_for is not distinct from new.waiting_for
        and u.received_at > new.received_at - case when new.waiting_for is null then interval '1 day' else interval '2 minutes' end);
  end if;
  return new;
end $$;
create trigger unmatched_messages_answered_once before insert on unmatched_messages for each row execute function answer_unknown_sender_once();

-- Stores STOP or START of a number that belongs to no member. accept_message, later in the same transaction, handles a member's.
create function record_unknown_sender_opt_out(p_message_sid text, p_number text, p_reason text, p_received_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  perform lock_number(p_number);
  -- Waits for a concurrent removal of the member.
  perform from family_members m where m.phone_e164 = p_number or m.external_user_id = p_number for key share;
  if found or exists (select from unmatched_messages u where u.provider = 'twilio' and u.message_sid = p_message_sid) then
    return;
  end if;
  insert into number_opt_outs as c (number_hash, opted_out, said_at)
  values (number_hash(p_number), p_reason = 'keyword_stop', least(coalesce(p_received_at, now()), now()))
  on conflict (number_hash) do update set opted_out = excluded.opted_out, said_at = excluded.said_at
  where c.said_at <= excluded.said_at;
end $$;

-- The number from which we write to a member who has never written: the one the family last wrote to, else the configured one,
-- else the one that the latest message of all was sent to. Without its channel; null when there is none.
create function our_number(p_family uuid, p_configured text) returns text language sql stable set search_path = public, pg_temp as $$
  select without_channel(coalesce(
    (select i.to_address from inbound_messages i where i.family_id = p_family order by i.created_at desc limit 1),
    p_configured,
    -- Joined to events for their index on time. The canary writes to its own number.
    (select i.to_address from webhook_events e join inbound_messages i on i.message_sid = e.message_sid
     where i.to_address <> i.from_address order by e.received_at desc limit 1),
    (select u.to_address from unmatched_messages u order by u.received_at desc limit 1))) $$;

-- The addresses of a person's last message, to whichever of their families.
create function last_addresses(p_user uuid) returns table (from_address text, to_address text) language sql stable set search_path = public, pg_temp as $$
  select l.from_address, l.to_address
  from family_members m, lateral (
    select i.* from inbound_messages i where i.family_id = m.family_id and i.user_id = m.user_id order by i.created_at desc limit 1) l
  where m.user_id = p_user order by l.created_at desc limit 1 $$;

-- What a text to a person in several families begins with: which one it is of, on SMS in GSM-7. Keywords are not of one.
create function family_prefix(p_family uuid, p_address text, p_message_sid text) returns text language plpgsql stable set search_path = public, pg_temp as $$
declare person constant uuid := (select m.user_id from members_at(p_address) m limit 1);
begin
  if (select count(*) from family_members m where m.user_id = person) < 2
    or exists (select from inbound_messages i where i.message_sid = p_message_sid and i.classification like 'keyword%') then
    return '';
  end if;
  return coalesce((
    select case when p_address like '+%' and f.label !~ '^[ -~ÄÖÑÜäöñüàèéìòùÇÅåÆæØøß]*$' then without_accents(f.label) else f.label end || ': '
    from families_of(person) f where f.family_id = p_family), '');
end $$;
