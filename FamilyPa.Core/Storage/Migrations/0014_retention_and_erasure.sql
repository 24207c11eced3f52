-- Retention and erasure. Retention removes the content of old rows and keeps the rows; erasing a family leaves counts only.

-- Erased families.
create table erasures (
  id uuid primary key default gen_random_uuid(),
  members int not null default 0,
  messages int not null default 0,
  tasks int not null default 0,
  replies int not null default 0,
  cost_usd numeric(16, 10) not null default 0,
  request_id text,
  created_at timestamptz not null default now(),
  -- When everything outside the database was deleted too.
  completed_at timestamptz
);

-- What remains to be deleted elsewhere. Each row is deleted when that is done.
create table erasure_items (
  erasure_id uuid not null references erasures (id) on delete cascade,
  -- blobs: the message's blobs. message: the message at Twilio, with its media. in_flight: a queue message may still arrive.
  kind text not null check (kind in ('blobs', 'message', 'in_flight')),
  -- The MessageSid.
  reference text not null,
  attempts int not null default 0,
  error_code text,
  -- The last run that attempted the item: a run attempts each item once.
  last_run uuid,
  created_at timestamptz not null default now(),
  primary key (reference, kind)
);
create index erasure_items_erasure on erasure_items (erasure_id);

select migration.protect('erasures'), migration.protect('erasure_items');

-- Removes the content of events. The only update that webhook_events allows.
create function purge_events(p_message_sids text[]) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  purged int;
begin
  perform set_config('familypa.purging', 'on', true);
  update webhook_events e set raw_payload = '{}', idempotency_token = null, purged_at = now()
  where e.message_sid = any (p_message_sids) and e.purged_at is null;
  get diagnostics purged = row_count;
  perform set_config('familypa.purging', '', true);
  return purged;
end $$;

-- Deletes a family, its dependent rows (by cascade) and the audit log entries about it.
create function delete_family(p_family uuid, p_message_sids text[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform set_config('familypa.purging', 'on', true);
  delete from families f where f.id = p_family;
  perform set_config('familypa.purging', '', true);
  delete from audit_log l
  where l.family_id = p_family or l.message_sid = any (p_message_sids) or position(p_family::text in l.details::text) > 0;
end $$;

-- Erases a family and stores what remains to be deleted elsewhere. No row when there is no such family.
create function erase_family(p_family uuid, p_request_id text) returns setof erasures
language plpgsql set search_path = public, pg_temp as $$
declare
  erasure erasures;
  addresses text[];
  sids text[];
begin
  -- Concurrent writers to the family wait, and then fail on its foreign key.
  perform from families f where f.id = p_family for update;
  if not found then
    return;
  end if;

  select coalesce(array_agg(a), '{}') into addresses
  from family_members m, unnest(array[m.phone_e164, 'whatsapp:' || m.phone_e164]) a
  where m.family_id = p_family and m.phone_e164 is not null;
  select coalesce(array_agg(i.message_sid), '{}') into sids from inbound_messages i where i.family_id = p_family;

  insert into erasures (request_id, members, messages, tasks, replies, cost_usd)
  select p_request_id,
    (select count(*) from family_members m where m.family_id = p_family),
    cardinality(sids),
    (select count(*) from tasks t where t.family_id = p_family),
    (select count(*) from outbound_messages o where o.family_id = p_family),
    (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.family_id = p_family)
  returning * into erasure;

  insert into erasure_items (erasure_id, kind, reference)
  select erasure.id, 'blobs', m.message_sid from inbound_messages m where m.family_id = p_family and m.num_media > 0
  union select erasure.id, 'blobs', e.message_sid from webhook_events e where e.family_id = p_family and e.source = 'fallback'
  union select erasure.id, 'message', sid from unnest(sids) sid
  union select erasure.id, 'message', o.provider_sid from outbound_messages o
        where (o.family_id = p_family or (o.family_id is null and o.to_address = any (addresses))) and o.provider_sid is not null
  union select erasure.id, 'message', u.message_sid from unmatched_messages u where u.from_address = any (addresses)
  union select erasure.id, 'in_flight', j.message_sid from processing_jobs j
        where j.family_id = p_family and j.status not in ('done', 'rejected', 'failed')
  on conflict do nothing;

  delete from unmatched_messages u where u.from_address = any (addresses);
  delete from outbound_messages o where o.family_id is null and o.to_address = any (addresses);
  delete from poison_messages p where p.from_address = any (addresses) or p.message_sid = any (sids);
  perform delete_family(p_family, sids);

  insert into audit_log (actor, action, details, request_id)
  values ('operator', 'erase_family', to_jsonb(erasure) - 'completed_at' - 'created_at' - 'request_id', p_request_id);
  return next erasure;
end $$;

grant execute on function purge_events, delete_family, erase_family to service_role;
