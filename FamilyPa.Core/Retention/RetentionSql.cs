namespace FamilyPa.Core.Retention;

/// <summary>Statements of one batch: <c>$1</c> is the age in days, <c>$2</c> the row limit. Each returns the number of rows.</summary>
internal static class RetentionSql
{
    /// <summary>An unfinished job still needs its input.</summary>
    private const string Finished = "j.status in ('done', 'rejected', 'failed', 'throttled')";

    public const string Payloads =
        """
        with due as materialized (select purge_due_events($1, $2) as message_sid),
        messages as (
          update inbound_messages m set body = '', raw_payload = null from due where m.message_sid = due.message_sid),
        jobs as (
          update processing_jobs j set extraction = null from due where j.message_sid = due.message_sid)
        select count(*) from due
        """;

    /// <summary>Messages whose attachments are due. <c>$2</c> is the age for failed messages, which may be replayed; <c>$3</c> is the row limit.</summary>
    public const string DueMedia =
        """
        select f.message_sid from media_files f join processing_jobs j on j.message_sid = f.message_sid
        where (f.blob_name is not null or f.media_url is not null)
          and case when j.status in ('done', 'rejected') then f.created_at < now() - make_interval(days => $1)
                   when j.status in ('failed', 'throttled') then f.created_at < now() - make_interval(days => greatest($1, $2))
                   else false end
        group by f.message_sid limit $3
        """;

    public const string Transcripts =
        $"""
        with gone as (
          delete from voice_transcriptions where id in (
            select t.id from voice_transcriptions t join processing_jobs j on j.message_sid = t.message_sid
            where t.created_at < now() - make_interval(days => $1) and {Finished} limit $2)
          returning 1)
        select count(*) from gone
        """;

    public const string Replies =
        """
        with gone as (
          update outbound_messages set body = '' where id in (
            select id from outbound_messages where body <> '' and created_at < now() - make_interval(days => $1) and status <> 'pending' limit $2)
          returning 1)
        select count(*) from gone
        """;

    public const string Questions =
        """
        with gone as (
          update clarifications set question = '', pending = null, before = null where id in (
            select id from clarifications where question <> '' and asked_at < now() - make_interval(days => $1) limit $2)
          returning 1)
        select count(*) from gone
        """;

    /// <summary>What tasks were before a message changed them. What the message did stays, so that it is not done again.</summary>
    public const string Changes =
        """
        with gone as (
          update chat_turns c
          set before = (
            select jsonb_agg(jsonb_build_object('id', b -> 'id', 'operation', b -> 'operation', 'outcome', b -> 'outcome') order by n)
            from jsonb_array_elements(c.before) with ordinality e (b, n))
          where message_sid in (
            select message_sid from chat_turns where before @? '$[*].title' and at < now() - make_interval(days => greatest($1, 1)) limit $2)
          returning 1)
        select count(*) from gone
        """;

    /// <summary>Also invitations that nobody accepted. Keeps opt-outs, which are valid until the number sends START, and the SIDs until the messages are deleted at Twilio too.</summary>
    public const string Strangers =
        """
        with gone as (
          delete from unmatched_messages where message_sid in (
            select message_sid from unmatched_messages where received_at < now() - make_interval(days => $1) limit $2)
          returning message_sid, from_address, answered),
        told as (
          delete from outbound_messages where id in (
            select id from outbound_messages where family_id is null and created_at < now() - make_interval(days => $1) limit $2)
          returning provider_sid),
        elsewhere as (
          insert into erasure_items (kind, reference)
          select 'message', sid from (select message_sid as sid from gone union select provider_sid from told) s
          where sid is not null and not exists (select from inbound_messages i where i.message_sid = sid)
          union
          select 'address', g.from_address from gone g
          where g.answered and not exists (select from members_at(g.from_address))
            and not exists (
              select from unmatched_messages u where u.from_address = g.from_address and u.received_at >= now() - make_interval(days => $1))
          on conflict do nothing),
        started as (
          delete from number_opt_outs where number_hash in (
            select number_hash from number_opt_outs where not opted_out and said_at < now() - make_interval(days => $1) limit $2)
          returning 1),
        invited as (
          delete from invitations where (family_id, user_id) in (
            select family_id, user_id from invitations where created_at < now() - make_interval(days => $1) limit $2)
          returning 1),
        paused as (
          delete from invitation_pauses where number_hash in (select number_hash from invitation_pauses where ends_at < now() limit $2) returning 1)
        select (select count(*) from gone) + (select count(*) from told) + (select count(*) from started) + (select count(*) from invited)
          + (select count(*) from paused)
        """;

    public const string Poison =
        """
        with gone as (
          update poison_messages set body = '', from_address = null where id in (
            select id from poison_messages where body <> '' and created_at < now() - make_interval(days => $1) limit $2)
          returning 1)
        select count(*) from gone
        """;

    public const string Refusals =
        """
        with gone as (
          delete from verification_failures where (minute, address, reason) in (
            select minute, address, reason from verification_failures where minute < now() - make_interval(days => $1) limit $2)
          returning 1)
        select count(*) from gone
        """;

    /// <summary>Expired sessions, codes, links, counters and idempotency keys. <c>$1</c> is 1, because one limit counts codes per day.</summary>
    public const string SignIns =
        """
        with session as (
          delete from sessions where id in (select id from sessions where expires_at < now() - make_interval(days => $1) limit $2) returning 1),
        code as (
          delete from login_codes where id in (select id from login_codes where created_at < now() - make_interval(days => $1) limit $2) returning 1),
        link as (
          delete from login_links where token_hash in (select token_hash from login_links where expires_at < now() - make_interval(days => $1) limit $2) returning 1),
        counted as (
          delete from sign_in_counts where (scope, key, began_at) in (
            select scope, key, began_at from sign_in_counts where began_at < now() - make_interval(days => $1) limit $2) returning 1),
        answer as (
          delete from idempotency_keys where (family_id, user_id, key) in (
            select family_id, user_id, key from idempotency_keys where created_at < now() - make_interval(days => $1) limit $2) returning 1)
        select (select count(*) from session) + (select count(*) from code) + (select count(*) from link)
          + (select count(*) from counted) + (select count(*) from answer)
        """;

    /// <summary>Records of applied limits. The AI usage ledger stays.</summary>
    public const string Limits =
        """
        with notifications as (
          delete from limit_notifications where (family_id, user_id, kind, since) in (
            select family_id, user_id, kind, since from limit_notifications where since < now() - make_interval(days => $1) limit $2)
          returning 1),
        alerts as (
          delete from limit_alerts where id in (select id from limit_alerts where at < now() - make_interval(days => $1) limit $2) returning 1),
        counters as (
          delete from rate_counters where (scope, key, shard) in (
            select scope, key, shard from rate_counters where since < now() - make_interval(days => $1) limit $2)
          returning 1)
        select (select count(*) from notifications) + (select count(*) from alerts) + (select count(*) from counters)
        """;
}
