-- What is too old loses its content and keeps its skeleton; a family that is deleted leaves nothing but counts.

alter table webhook_events add column purged_at timestamptz;
create index webhook_events_unpurged on webhook_events (received_at) where purged_at is null;
alter table media_files alter column media_url drop not null;

-- What was received stays as it was, also for those with full rights, but for the two functions below. They run as the
-- owner of the tables: the app's roles may neither update nor delete here, so the setting alone opens nothing to them.
create or replace function refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
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

-- Row security is forced on the owner too.
create policy owner_purges on webhook_events to current_user using (true) with check (true);
create policy owner_erases on families to current_user using (true) with check (true);
create policy owner_erases on audit_log to current_user using (true) with check (true);

-- Takes the content out of events, and leaves that they were.
create function purge_events(p_message_sids text[]) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  purged int;
begin
  perform set_config('familypa.purging', 'on', true);
  update webhook_events e set raw_payload = '{}', raw_body = '', idempotency_token = null, purged_at = now()
  where e.message_sid = any (p_message_sids) and e.purged_at is null;
  get diagnostics purged = row_count;
  perform set_config('familypa.purging', '', true);
  return purged;
end $$;

revoke all on function purge_events from public;
grant execute on function purge_events to service_role;

-- Rows that belong to a family go with it, however many tables there will be. RI triggers run as the tables' owner.
do $$
declare
  found record;
begin
  for found in
    select c.conrelid::regclass as target, c.conname, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.confdeltype = 'a'
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s on delete cascade', found.target, found.conname, found.conname, found.definition);
  end loop;
end $$;

-- What the cascade looks for.
create index processing_jobs_event on processing_jobs (webhook_event_id);
create index inbound_messages_family on inbound_messages (family_id);
create index outbound_messages_family on outbound_messages (family_id);
create index ai_usage_attempt on ai_usage (attempt_id);
create index clarifications_task on clarifications (task_id);
create index tasks_assignee on tasks (family_id, assignee);

-- Deleted families: how much there was, and nothing of what or whose.
create table erasures (
  id uuid primary key default gen_random_uuid(),
  members int not null default 0,
  messages int not null default 0,
  tasks int not null default 0,
  replies int not null default 0,
  cost_usd numeric(12, 6) not null default 0,
  request_id text,
  created_at timestamptz not null default now(),
  -- When nothing was left of it outside of the database either.
  completed_at timestamptz
);

-- What is still to be deleted elsewhere; each row goes once that is done.
-- blobs, message (at Twilio, with its media): by MessageSid. in_flight: was being worked on; its queue message may still come.
create table erasure_items (
  erasure_id uuid not null references erasures (id) on delete cascade,
  kind text not null check (kind in ('blobs', 'message', 'in_flight')),
  reference text not null,
  attempts int not null default 0,
  error_code text,
  -- The run that tried it last: each item is tried once in a run.
  last_run uuid,
  created_at timestamptz not null default now(),
  primary key (reference, kind)
);
create index erasure_items_erasure on erasure_items (erasure_id);

select migration.protect('erasures'), migration.protect('erasure_items');
grant update (body, from_address), delete on poison_messages to service_role;
revoke delete on families from service_role;

-- Deletes a family with all that depends on it, and what operators did for it. Only this may.
create function delete_family(p_family uuid, p_message_sids text[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform set_config('familypa.purging', 'on', true);
  delete from families f where f.id = p_family;
  perform set_config('familypa.purging', '', true);
  delete from audit_log l
  where l.family_id = p_family or l.message_sid = any (p_message_sids) or position(p_family::text in l.details::text) > 0;
end $$;

revoke all on function delete_family from public;
grant execute on function delete_family to service_role;

-- Erases a family here and notes what is to be erased elsewhere. No row when there is no such family.
create function erase_family(p_family uuid, p_request_id text) returns setof erasures
language plpgsql set search_path = public, pg_temp as $$
declare
  erasure erasures;
  addresses text[];
  sids text[];
begin
  -- Who writes to the family at this moment waits, and is then told that it is no more.
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
  union select erasure.id, 'blobs', e.message_sid from webhook_events e where e.family_id = p_family and e.source = 'spilled'
  union select erasure.id, 'message', sid from unnest(sids) sid
  union select erasure.id, 'message', o.provider_sid from outbound_messages o where o.family_id = p_family and o.provider_sid is not null
  union select erasure.id, 'message', u.message_sid from unmatched_messages u where u.from_address = any (addresses)
  union select erasure.id, 'in_flight', j.message_sid from processing_jobs j
        where j.family_id = p_family and j.status not in ('done', 'rejected', 'failed')
  on conflict do nothing;

  delete from unmatched_messages u where u.from_address = any (addresses);
  delete from poison_messages p where p.from_address = any (addresses) or p.message_sid = any (sids);
  perform delete_family(p_family, sids);

  insert into audit_log (actor, action, details, request_id)
  values ('operator', 'erase_family', to_jsonb(erasure) - 'completed_at' - 'created_at' - 'request_id', p_request_id);
  return next erasure;
end $$;

revoke all on function erase_family from public;
grant execute on function erase_family to service_role;
