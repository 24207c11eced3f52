using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Operations;

/// <summary>Reads everything that is stored about one message, for operators.</summary>
public sealed class MessageTimeline(Database database, ILogger<MessageTimeline> log)
{
    /// <summary>
    /// One JSON document: event with its payload, job, states, queue, attempts, media, transcripts, clarifications, tasks, replies, AI usage,
    /// poison messages, operators' actions and applied limits; null when the message is unknown.
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

        batch.Add("select (message_timeline($1, $2) || limits_timeline($1))::text", messageSid, reveal);
        return await batch.SingleAsync(row => row.IsDBNull(0) ? null : row.GetString(0), cancellation);
    }
}
