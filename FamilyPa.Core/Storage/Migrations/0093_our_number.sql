-- Which of our numbers writes to a member of a family who never wrote to any: the one the family last wrote to, else one that is configured
-- as ours, else the one that anybody last wrote to. Without its channel; null where nobody ever wrote and none is configured.
create function our_number(p_family uuid, p_configured text) returns text
language sql stable set search_path = public, pg_temp as $$
  select without_channel(coalesce(
    (select i.to_address from inbound_messages i where i.family_id = p_family order by i.created_at desc limit 1),
    p_configured,
    -- By the index on events. The canary writes to itself where no number is configured.
    (select i.to_address from webhook_events e join inbound_messages i on i.message_sid = e.message_sid
     where i.to_address <> i.from_address order by e.received_at desc limit 1),
    (select u.to_address from unmatched_messages u order by u.received_at desc limit 1)))
$$;

revoke all on function our_number from public;
grant execute on function our_number to service_role;
