using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Core.Operations;

/// <param name="Queue">Without <c>-poison</c>.</param>
/// <param name="Body">Null when the body contains message text that was not requested by <c>reveal</c>.</param>
/// <param name="BodyLength">In characters.</param>
/// <param name="JobStatus">The job's current status; null when there is no job.</param>
public sealed record DeadLetter(
    Guid Id, string Queue, string? MessageSid, string Cause, string? Body, int BodyLength, DateTimeOffset CreatedAt, string? JobStatus, int? Generation);

public sealed record DeadLetterFilter(string? Queue, string? Cause, string? MessageSid, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>The stored poison messages.</summary>
public sealed class DeadLetters(Database database, ILogger<DeadLetters> log)
{
    /// <summary>The queue whose messages contain whole forms, not only ids.</summary>
    private const string QueueOfMessages = "inbound";

    /// <summary>The newest first.</summary>
    /// <param name="reveal">Include bodies with message text; recorded in the audit log.</param>
    public async Task<Page<DeadLetter>> ListAsync(
        DeadLetterFilter filter, PageCursor? after, int limit, bool reveal, Actor actor, CancellationToken cancellation)
    {
        var batch = database.AsService();
        await using var disposing = batch;
        if (reveal)
        {
            log.DeadLettersRevealed(actor.RequestId);
            batch.Add(
                "insert into audit_log (actor, action, message_sid, details, request_id) values ($3, 'reveal', $1, jsonb_build_object('queue', $2::text), $4)",
                filter.MessageSid, filter.Queue, actor.Name, actor.RequestId);
        }

        batch.Add(
            """
            select p.id, p.queue, p.message_sid, p.cause, case when $6 or p.queue <> $7 then p.body end, length(p.body), p.created_at, j.status, j.generation
            from poison_messages p left join processing_jobs j on j.message_sid = p.message_sid
            where ($1::text is null or p.queue = $1) and ($2::text is null or p.cause = $2) and ($3::text is null or p.message_sid = $3)
              and ($4::timestamptz is null or p.created_at >= $4) and ($5::timestamptz is null or p.created_at < $5)
              and ($8::timestamptz is null or (p.created_at, p.id) < ($8, $9::uuid))
            order by p.created_at desc, p.id desc limit $10
            """,
            filter.Queue, filter.Cause, filter.MessageSid, filter.Since, filter.Until, reveal, QueueOfMessages,
            after?.At, after is null ? null : Guid.Parse(after.Key), limit + 1);
        var rows = await batch.ListAsync(Read, cancellation);
        return Page.Of(rows, limit, row => new PageCursor(row.CreatedAt, row.Id.ToString()));
    }

    private static DeadLetter Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.GetInt32(5), row.GetFieldValue<DateTimeOffset>(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetInt32(8));
}
