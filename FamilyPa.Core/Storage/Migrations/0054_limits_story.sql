-- What limits had to do with one message, for its story: ids, codes, times and amounts, nothing that anybody wrote.
create function limits_story(p_message_sid text) returns jsonb
language sql stable set search_path = public, pg_temp as $$
  select jsonb_build_object('limits', jsonb_build_object(
    'reservations', (
      select coalesce(jsonb_agg(to_jsonb(r) - 'family_id' - 'message_sid' order by r.id), '[]') from ai_reservations r where r.message_sid = p_message_sid),
    'notices', (
      select coalesce(jsonb_agg(to_jsonb(n) - 'family_id' - 'message_sid' order by n.since), '[]') from limit_notices n where n.message_sid = p_message_sid),
    'held_reason', (select j.held_reason from processing_jobs j where j.message_sid = p_message_sid)))
$$;

revoke all on function limits_story from public;
grant execute on function limits_story to service_role;
