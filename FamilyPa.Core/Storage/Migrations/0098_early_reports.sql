-- Twilio may tell of a reply's delivery before its answer to the sending is stored. What it told of a message that is not ours yet waits here.
create table delivery_reports (
  provider_sid text primary key,
  status text not null,
  rank int not null,
  error_code text,
  received_at timestamptz not null default now()
);
create index delivery_reports_age on delivery_reports (received_at);

select migration.protect('delivery_reports');

-- Keeps the furthest status that was ever told of a message.
create function report_delivery(p_provider_sid text, p_status text, p_rank int, p_error_code text) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  -- Whoever stores the sid meanwhile takes the same lock: one of the two sees what the other wrote.
  perform pg_advisory_xact_lock(hashtextextended(p_provider_sid, 0));
  update outbound_messages
  set delivery_status = p_status, delivery_rank = p_rank, error_code = coalesce(p_error_code, error_code), updated_at = now()
  where provider_sid = p_provider_sid and delivery_rank < p_rank;
  if found or exists (select from outbound_messages where provider_sid = p_provider_sid) then
    return;
  end if;
  insert into delivery_reports as r (provider_sid, status, rank, error_code) values (p_provider_sid, p_status, p_rank, p_error_code)
  on conflict (provider_sid) do update set status = excluded.status, rank = excluded.rank, error_code = coalesce(excluded.error_code, r.error_code)
  where r.rank < excluded.rank;
  -- Of messages that somebody else sends with our number, nobody ever asks.
  delete from delivery_reports where received_at < now() - interval '1 day';
end $$;

create function take_early_report() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  early delivery_reports;
begin
  perform pg_advisory_xact_lock(hashtextextended(new.provider_sid, 0));
  delete from delivery_reports r where r.provider_sid = new.provider_sid returning * into early;
  if found and early.rank > new.delivery_rank then
    new.delivery_status := early.status;
    new.delivery_rank := early.rank;
    new.error_code := coalesce(early.error_code, new.error_code);
  end if;
  return new;
end $$;

create trigger outbound_messages_early_report before update on outbound_messages
  for each row when (new.provider_sid is not null and old.provider_sid is distinct from new.provider_sid) execute function take_early_report();

revoke all on function report_delivery, take_early_report from public;
grant execute on function report_delivery to service_role;
