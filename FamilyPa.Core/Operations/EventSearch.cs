using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Operations;

/// <summary>A message in a list, without its text.</summary>
/// <param name="Phone">Masked.</param>
/// <param name="LatencyMs">From received to completed, in milliseconds.</param>
public sealed record EventRow(
    string MessageSid,
    DateTimeOffset ReceivedAt,
    string Source,
    Guid? FamilyId,
    string? Phone,
    string Status,
    string? StatusReason,
    string? Phase,
    string? ErrorCode,
    int? RetryCount,
    int? Generation,
    long? LatencyMs,
    decimal CostUsd);

/// <summary>The first messages that match a filter, the oldest first.</summary>
/// <param name="Matched">The number of all matches from the cursor on.</param>
public sealed record EventSelection(IReadOnlyList<string> MessageSids, long Matched, PageCursor? Next)
{
    public static EventSelection Of(IEnumerable<string> named)
    {
        var once = named.Distinct().ToList();
        return new EventSelection(once, once.Count, null);
    }
}

/// <summary>Finds messages in the pipeline and messages that no family has.</summary>
public sealed class EventSearch(Database database)
{
    // $1 to $9 are the filter, $10 and $11 the cursor, $12 the limit. A custom plan omits the conditions of absent filters.
    // $13 is the status when there is only one: then an index returns the rows in order.
    private const string ValuesPlan = "select set_config('plan_cache_mode', 'force_custom_plan', true)";

    /// <summary>SQL for the reason of a message without a job, a row <c>u</c> of <c>unmatched_messages</c>.</summary>
    internal const string UnmatchedReason = "case when u.waiting_for is null then 'unknown_sender' else 'which_family' end";

    private static readonly string SearchSql = $"""
        with found as materialized ({Found("<", "desc")})
        select f.message_sid, f.received_at, coalesce(e.source, u.source), e.family_id, coalesce(m.from_address, u.from_address),
               coalesce(j.status, '{EventFilter.Unmatched}'), case when j.id is null then {UnmatchedReason} else j.status_reason end,
               j.current_phase, j.error_code, j.retry_count, j.generation,
               round(extract(epoch from j.completed_at - f.received_at) * 1000)::bigint,
               (select coalesce(sum(a.cost_usd), 0) from ai_usage a where a.message_sid = f.message_sid)
        from found f
        left join processing_jobs j on j.message_sid = f.message_sid
        left join webhook_events e on e.id = j.webhook_event_id
        left join inbound_messages m on m.provider = 'twilio' and m.message_sid = f.message_sid
        left join unmatched_messages u on u.provider = 'twilio' and u.message_sid = f.message_sid
        order by f.received_at desc, f.message_sid desc
        """;

    private static readonly string SelectSql = $"""
        with found as materialized ({Found(">", "asc")})
        select f.message_sid, f.received_at, (select count(*) {Jobs(">")}) + (select count(*) {Unmatched(">")})
        from found f order by f.received_at, f.message_sid
        """;

    /// <summary>The newest first. The audit log records a search by phone or family.</summary>
    public async Task<Page<EventRow>> SearchAsync(EventFilter filter, PageCursor? after, int limit, Actor actor, CancellationToken cancellation)
    {
        var start = database.AsService();
        if (filter.Phone is not null || filter.FamilyId is not null)
        {
            start.Add(
                "insert into audit_log (actor, action, family_id, details, request_id) values ($1, 'search', $2, jsonb_build_object('filter', $3::jsonb), $4)",
                actor.Name, filter.FamilyId, filter.ToAuditJson(), actor.RequestId);
        }

        await using var batch = Query(start, SearchSql, filter, after, limit + 1);
        var rows = await batch.ListAsync(ReadRow, cancellation);
        return Page.Of(rows, limit, row => new PageCursor(row.ReceivedAt, row.MessageSid));
    }

    /// <summary>The oldest first, which is the order of a replay.</summary>
    public async Task<EventSelection> SelectAsync(EventFilter filter, PageCursor? after, int limit, CancellationToken cancellation)
    {
        await using var batch = Query(database.AsService(), SelectSql, filter, after, limit);
        var rows = await batch.ListAsync(
            row => (Cursor: new PageCursor(row.GetFieldValue<DateTimeOffset>(1), row.GetString(0)), Matched: row.GetInt64(2)), cancellation);
        var matched = rows is [var first, ..] ? first.Matched : 0;
        return new EventSelection([.. rows.Select(row => row.Cursor.Key)], matched, matched > rows.Count ? rows[^1].Cursor : null);
    }

    /// <returns>Null when there is no such event.</returns>
    public async Task<string?> MessageSidAsync(Guid webhookEventId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select message_sid from webhook_events where id = $1", webhookEventId);
        return await batch.SingleAsync(row => row.GetString(0), cancellation);
    }

    private static DatabaseBatch Query(DatabaseBatch batch, string sql, EventFilter filter, PageCursor? after, int limit) => batch.Guard(ValuesPlan).Add(
        sql,
        filter.Statuses?.ToArray(), filter.Reason, filter.ErrorCode, filter.Phase?.Name(), filter.FamilyId, filter.Phone, filter.Source,
        filter.Since, filter.Until, after?.At, after?.Key, limit, filter.Statuses is [var only] ? only : null);

    private static string Found(string beyond, string direction) => $"""
        (select j.received_at, j.message_sid {Jobs(beyond)} order by j.received_at {direction}, j.message_sid {direction} limit $12)
        union all
        (select u.received_at, u.message_sid {Unmatched(beyond)} order by u.received_at {direction}, u.message_sid {direction} limit $12)
        order by received_at {direction}, message_sid {direction} limit $12
        """;

    /// <remarks>Each table is joined by a unique key, so PostgreSQL skips the tables that no condition uses.</remarks>
    private static string Jobs(string beyond) => $"""
        from processing_jobs j
        left join webhook_events e on e.id = j.webhook_event_id
        left join inbound_messages m on m.provider = 'twilio' and m.message_sid = j.message_sid
        where ($1::text[] is null or j.status = any ($1)) and ($13::text is null or j.status = $13)
          and ($2::text is null or j.status_reason = $2)
          and ($3::text is null or j.error_code = $3) and ($4::text is null or j.current_phase = $4)
          and ($5::uuid is null or j.family_id = $5) and ($6::text is null or m.from_phone = $6) and ($7::text is null or e.source = $7)
          and ($8::timestamptz is null or j.received_at >= $8) and ($9::timestamptz is null or j.received_at < $9)
          and ($10::timestamptz is null or (j.received_at, j.message_sid) {beyond} ($10, $11::text))
        """;

    /// <remarks>
    /// Excludes messages that were ingested later: <see cref="Jobs"/> finds those. Spells <see cref="UnmatchedReason"/> out, so that PostgreSQL reads
    /// no row for another reason.
    /// </remarks>
    private static string Unmatched(string beyond) => $"""
        from unmatched_messages u
        where ($1::text[] is null or '{EventFilter.Unmatched}' = any ($1)) and ($2::text is null or $2 = 'unknown_sender' and u.waiting_for is null or $2 = 'which_family' and u.waiting_for is not null)
          and $3::text is null and $4::text is null and $5::uuid is null
          and ($6::text is null or u.from_address in ($6, 'whatsapp:' || $6)) and ($7::text is null or u.source = $7)
          and ($8::timestamptz is null or u.received_at >= $8) and ($9::timestamptz is null or u.received_at < $9)
          and ($10::timestamptz is null or (u.received_at, u.message_sid) {beyond} ($10, $11::text))
          and (select j.id from processing_jobs j where j.message_sid = u.message_sid) is null
        """;

    private static EventRow ReadRow(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetGuid(3), Address.Mask(Text(row, 4)),
        row.GetString(5), Text(row, 6), Text(row, 7), Text(row, 8), Number(row, 9), Number(row, 10),
        row.IsDBNull(11) ? null : row.GetInt64(11), row.GetDecimal(12));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}
