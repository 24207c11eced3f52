-- Retention and erasure. Retention removes the content of old rows and keeps the rows; erasing a family leaves counts only.
-- Each function here finds out itself what it removes, and writes the audit log in the same transaction.

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
  completed_at timestamptz -- When everything outside the database was deleted too.
);

-- What remains to be deleted elsewhere. Each row is deleted when that is done.
create table erasure_items (
  -- Null for a message of no erased family: a stranger's after its age, or one that Twilio accepted after its row was gone.
  erasure_id uuid references erasures (id) on delete cascade,
  -- blobs: the message's blobs. message: the message at Twilio, with its media. in_flight: a queue message may still arrive.
  -- address: what else Twilio has from or to it, because not every SID reaches us: those of answers in a webhook's response, of lost
  -- responses, and of messages over ten times a limit.
  kind text not null check (kind in ('blobs', 'message', 'in_flight', 'address')),
  reference text not null, -- The MessageSid, or the address.
  attempts int not null default 0,
  error_code text,
  last_run uuid, -- The last run that attempted the item: a run attempts each item once.
  created_at timestamptz not null default now(),
  primary key (reference, kind)
);
create index erasure_items_erasure on erasure_items (erasure_id);

select migration.protect('erasures', 'select'), migration.protect('erasure_items');
grant update (completed_at) on erasures to service_role;

do $$
declare target text;
begin
  foreach target in array array['audit_log', 'erasures', 'erasure_items', 'webhook_events', 'inbound_messages', 'unmatched_messages',
    'outbound_messages', 'poison_messages', 'processing_jobs', 'tasks', 'ai_usage'] loop
    execute format('create policy owner_erases on %I to current_user using (true) with check (true)', target);
  end loop;
end $$;

-- Removes the content of up to p_limit finished events older than p_days, and returns their MessageSids. The only update that
-- webhook_events allows. A day is the least, so that no caller can empty what just arrived.
create function purge_due_events(p_days int, p_limit int) returns setof text language plpgsql security definer set search_path = public, pg_temp as $$
declare purged text[];
begin
  perform set_config('familypa.purging', 'on', true);
  with due as (
    select e.message_sid from webhook_events e left join processing_jobs j on j.message_sid = e.message_sid
    where e.purged_at is null and e.received_at < now() - make_interval(days => greatest(p_days, 1))
      and (j.id is null or j.status in ('done', 'rejected', 'failed', 'throttled'))
    order by e.received_at limit p_limit),
  gone as (
    update webhook_events e set raw_payload = '{}', idempotency_token = null, purged_at = now()
    from due where e.message_sid = due.message_sid returning e.message_sid)
  select array_agg(message_sid) into purged from gone;
  perform set_config('familypa.purging', '', true);
  if purged is not null then
    insert into audit_log (actor, action, details)
    values ('retention', 'purge_events', jsonb_build_object('events', cardinality(purged), 'older_than_days', greatest(p_days, 1)));
  end if;
  return query select unnest(purged);
end $$;

-- Erases a family and stores what remains to be deleted elsewhere. The audit log keeps who did what and when. No row when there is no such
-- family.
create function erase_family(p_family uuid, p_actor text, p_request_id text) returns setof erasures
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  erasure erasures;
  numbers text[];
  everybody text[];
  addresses text[];
  written_to text[];
  sids text[];
begin
  -- Concurrent writers to the family wait, and then fail on its foreign key.
  perform from families f where f.id = p_family for update;
  if not found then return; end if;

  -- Former members too. Of numbers that are another family's now, only what we wrote of no family in particular: it may name this one.
  select coalesce(array_agg(n.number) filter (where not exists (select from members_at(n.number) m where m.family_id <> p_family)), '{}'),
    coalesce(array_agg(n.number), '{}') into numbers, everybody
  from (
    select m.phone_e164 as number from family_members m where m.family_id = p_family
    union select m.external_user_id from family_members m where m.family_id = p_family
    union select canonical_number(i.from_address) from inbound_messages i where i.family_id = p_family
    union select canonical_number(o.to_address) from outbound_messages o where o.family_id = p_family) n
  where n.number is not null;
  addresses := addresses_of(numbers);
  written_to := addresses_of(everybody);
  -- Of the events, which nobody can change: no family can claim another's message.
  select coalesce(array_agg(e.message_sid), '{}') into sids from webhook_events e where e.family_id = p_family;

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
        where (o.family_id = p_family or (o.family_id is null and o.to_address = any (written_to))) and o.provider_sid is not null
  union select erasure.id, 'message', u.message_sid from unmatched_messages u where u.from_address = any (addresses)
  union select erasure.id, 'address', a from unnest(addresses) a
  union select erasure.id, 'in_flight', j.message_sid from processing_jobs j
        where j.family_id = p_family and j.status not in ('done', 'rejected', 'failed')
  on conflict do nothing;

  delete from unmatched_messages u where u.from_address = any (addresses);
  delete from outbound_messages o where o.family_id is null and o.to_address = any (written_to);
  delete from poison_messages p where p.from_address = any (addresses) or p.message_sid = any (sids);
  perform set_config('familypa.purging', 'on', true);
  delete from families f where f.id = p_family;
  perform set_config('familypa.purging', '', true);

  update audit_log l
  set family_id = null, message_sid = null, details = '{"erased": true}', actor = case when l.actor like 'owner:%' then 'owner' else l.actor end
  where l.family_id = p_family or (l.family_id is null and l.message_sid = any (sids));
  insert into audit_log (actor, action, details, request_id)
  values (p_actor, 'erase_family', to_jsonb(erasure) - 'completed_at' - 'created_at' - 'request_id', p_request_id);
  return next erasure;
end $$;

-- Deletes the canary's family, whose messages are the app's own, unless one of them is in progress.
create function delete_canary_family() returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare canary constant uuid := 'ca4a4900-0000-4000-8000-000000000001';
begin
  if not exists (select from processing_jobs j where j.family_id = canary and j.status not in ('done', 'rejected', 'failed')) then
    perform set_config('familypa.purging', 'on', true);
    delete from families f where f.id = canary;
    perform set_config('familypa.purging', '', true);
  end if;
end $$;
grant execute on function delete_canary_family, erase_family, purge_due_events to service_role;
