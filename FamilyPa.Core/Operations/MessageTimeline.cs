using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Operations;

/// <summary>Reads everything that is stored about one message, for operators.</summary>
public sealed class MessageTimeline(Database database, ILogger<MessageTimeline> log)
{
    private static readonly string Sql =
        $"""
        select jsonb_build_object(
          'message_sid', $1::text,
          'event', (
            select jsonb_build_object('id', e.id, 'provider', e.provider, 'source', e.source, 'family_id', e.family_id, 'received_at', e.received_at,
              'request_id', e.request_id, 'trace_id', e.trace_id, 'idempotency_token', e.idempotency_token, 'size_bytes', e.size_bytes, 'payload', e.raw_payload)
            from webhook_events e where e.message_sid = $1),
          'unmatched', (
            select jsonb_build_object('received_at', u.received_at, 'answered', u.answered, 'payload', u.raw_payload,
              'reason', {EventSearch.UnmatchedReason})
            from unmatched_messages u where u.message_sid = $1),
          'job', to_jsonb(j) - 'extraction' - 'lease_token' - 'webhook_event_id' || jsonb_build_object('understood', j.extraction,
            'classification', (select m.classification from inbound_messages m where m.message_sid = $1),
            'latency_ms', round(extract(epoch from j.completed_at - j.received_at) * 1000)),
          'states', (
            select coalesce(jsonb_agg(jsonb_build_object('at', s.at, 'from', s.from_status, 'to', s.to_status, 'reason', s.reason, 'generation', s.generation) order by s.id), '[]')
            from (
              select 0 as id, j.created_at as at, null as from_status, null as reason, 0 as generation,
                coalesce((select t.from_status from job_transitions t where t.job_id = j.id order by t.id limit 1), j.status) as to_status
              where j.id is not null
              union all
              select t.id, t.at, t.from_status, t.reason, t.generation, t.to_status from job_transitions t where t.job_id = j.id) s),
          'queue', case when j.id is not null then jsonb_build_object('phase', j.current_phase, 'generation', j.generation, 'queued_at', j.queued_at, 'sweeps', j.sweeps,
            'resume_at', j.resume_at, 'leased', coalesce(j.leased_until > clock_timestamp(), false), 'leased_until', j.leased_until) end,
          'attempts', {Rows("job_attempts", "attempt_number", "job_id", "r.job_id = j.id", "|| jsonb_build_object('ended_at', r.created_at + r.latency_ms * interval '1 millisecond')")},
          'media', {Rows("media_files", "ordinal")},
          'transcripts', {Rows("voice_transcriptions", "ordinal")},
          'clarifications', jsonb_build_object(
            'asked', {Rows("clarifications", "asked_at", "family_id, user_id, message_sid, before")},
            'answered', {Rows("clarifications", "asked_at", "family_id, user_id, answered_by, before", "r.answered_by = $1")}),
          'tasks', {Rows("tasks", "ordinal", "family_id", "r.source_message_sid = $1")},
          'series', {Rows("series", "ordinal", "family_id, upcoming", "r.source_message_sid = $1", "|| jsonb_build_object('occurrences', (select count(*) from tasks t where t.series_id = r.id))")},
          'replies', {Rows("outbound_messages", "created_at", "family_id, message_sid, is_missed")},
          'ai_usage', {Rows("ai_usage", "created_at")},
          'cost_usd', (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.message_sid = $1),
          'poison', {Rows("poison_messages", "created_at", "message_sid")},
          'audit', {Rows("audit_log", "created_at", "message_sid")},
          'limits', jsonb_build_object('reservations', {Rows("ai_reservations", "id")}, 'notifications', {Rows("limit_notifications", "since")}))::text
        from (select) one left join processing_jobs j on j.message_sid = $1
        where exists (select from webhook_events e where e.message_sid = $1) or exists (select from unmatched_messages u where u.message_sid = $1)
        """;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Texts that are shown. A key that is not listed is masked, so a new one is masked by default.</summary>
    private static readonly HashSet<string> Shown =
    [
        // Twilio's form
        "MessageSid", "SmsSid", "SmsMessageSid", "OriginalRepliedMessageSid", "AccountSid", "MessagingServiceSid", "ApiVersion", "MessageType", "SmsStatus", "NumMedia", "NumSegments",
        "ReferralNumMedia", "OptOutType", "Forwarded", "FrequentlyForwarded",
        // ids
        "id", "message_sid", "request_id", "trace_id", "idempotency_token", "family_id", "user_id", "attempt_id", "task_id", "created_by", "answered_by", "provider", "provider_sid",
        "queue_message_id",
        // states and their causes
        "status", "status_reason", "reason", "rejection", "classification", "from", "to", "at", "leased_until", "current_phase", "phase", "from_phase", "outcome", "delivery_status",
        "error_code", "error_message", "error_stack", "cause", "logs_url", "kind", "source", "queue", "actor", "action",
        // kinds of content
        "declared_type", "content_type", "blob_name", "language", "category", "deployment",
    ];

    /// <summary>
    /// One JSON document: event with its payload, job, states, queue, attempts, media, transcripts, clarifications, tasks, replies, AI usage,
    /// poison messages, operators' actions and applied limits, the oldest first in every list; null when the message is unknown.
    /// </summary>
    /// <param name="reveal">Include addresses and texts, which are masked otherwise; recorded in the audit log.</param>
    public async Task<string?> ReadAsync(string messageSid, bool reveal, Actor actor, CancellationToken cancellation)
    {
        var batch = database.AsService();
        await using var disposing = batch;
        if (reveal)
        {
            log.TimelineRevealed(messageSid, actor.RequestId);
            batch.Add(
                """
                insert into audit_log (actor, action, message_sid, family_id, request_id)
                select $2, 'reveal', s.message_sid, s.family_id, $3
                from (select message_sid, family_id from webhook_events where message_sid = $1
                      union all select message_sid, null from unmatched_messages where message_sid = $1 limit 1) s
                """,
                messageSid, actor.Name, actor.RequestId);
        }

        batch.Add(Sql, messageSid);
        var timeline = await batch.SingleAsync(row => row.GetString(0), cancellation);
        return timeline is null || reveal ? timeline : Mask(JsonNode.Parse(timeline), "")!.ToJsonString(Readable);
    }

    private static string Rows(string table, string order, string without = "family_id, message_sid", string where = "r.message_sid = $1", string with = "") =>
        $"(select coalesce(jsonb_agg(to_jsonb(r) - '{{{without}}}'::text[] {with} order by r.{order}), '[]') from {table} r where {where})";

    private static JsonNode? Mask(JsonNode? node, string key) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Mask(field.Value, field.Key)))),
        JsonArray items => new JsonArray([.. items.Select(item => Mask(item, key))]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Length > 0 && !Shown.Contains(key)
            && !key.EndsWith("_at", StringComparison.Ordinal) && !key.StartsWith("MediaContentType", StringComparison.Ordinal) =>
            key is "From" or "To" or "from_address" or "to_address" ? Address.Mask(text) : $"… ({text.EnumerateRunes().Count()} characters)",
        _ => node?.DeepClone(),
    };
}
