using Npgsql;

namespace FamilyPa.Bench.Checks;

/// <summary>The database's state of one message.</summary>
/// <param name="Status">The job's status; null without a job.</param>
/// <param name="Tasks">All tasks; <paramref name="Titles"/> counts distinct titles.</param>
/// <param name="Series">Of recurring tasks. <paramref name="Undated"/>: those whose next dates are not computed yet.</param>
/// <param name="Replies">Intended replies to the sender, without suppressed ones.</param>
/// <param name="IsTold">At least one reply has a final status. A reply that is sent again counts, because it was uncertain before.</param>
/// <param name="IsUncertain">A reply's result is unknown, or the reply is sent again for that reason.</param>
/// <param name="IsHeld">The job is leased, or one of its attempts is still running.</param>
/// <param name="Extractions">Charges for extraction, without those of failed attempts, which were separate calls.</param>
/// <param name="Transcriptions">Charges for transcription.</param>
/// <param name="Translations">Charges for the reply in another language.</param>
internal sealed record MessageRow(
    string MessageSid, bool HasEvent, string? Status, long Tasks, long Titles, long Series, long Undated, long Replies, bool IsTold, bool IsUncertain, bool IsHeld, long Extractions, long Transcriptions,
    long Translations)
{
    public bool IsTerminal => Status is "done" or "rejected" or "failed";

    public bool IsSettled => IsTerminal && IsTold && Undated == 0;

    public static async Task<List<MessageRow>> ReadAsync(NpgsqlDataSource database, string[] messageSids)
    {
        await using var command = database.CreateCommand(
            """
            select s.sid, e.id is not null, j.status,
                   (select count(*) from tasks t where t.source_message_sid = s.sid),
                   (select count(distinct t.title) from tasks t where t.source_message_sid = s.sid),
                   (select count(*) from series r where r.source_message_sid = s.sid),
                   (select count(*) from series r where r.source_message_sid = s.sid and cardinality(r.upcoming) = 0),
                   (select count(*) from outbound_messages o where o.message_sid = s.sid and o.status <> 'suppressed'),
                   exists (select from outbound_messages o where o.message_sid = s.sid
                           and (o.status in ('sent', 'uncertain', 'failed', 'suppressed') or (o.status = 'sending' and o.resent_at is not null))),
                   exists (select from outbound_messages o where o.message_sid = s.sid
                           and (o.status = 'uncertain' or (o.status = 'sending' and o.resent_at is not null))),
                   j.lease_token is not null or exists (select from job_attempts a where a.job_id = j.id and a.outcome = 'running'),
                   (select count(*) from ai_usage u join job_attempts a on a.id = u.attempt_id
                    where u.message_sid = s.sid and u.phase = 'extract' and a.outcome <> 'failed'),
                   (select count(*) from ai_usage u where u.message_sid = s.sid and u.phase = 'transcribe'),
                   (select count(*) from ai_usage u where u.message_sid = s.sid and u.phase = 'finalize')
            from unnest($1) s (sid)
            left join webhook_events e on e.message_sid = s.sid
            left join processing_jobs j on j.message_sid = s.sid
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = messageSids });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<MessageRow>(messageSids.Length);
        while (await reader.ReadAsync())
        {
            rows.Add(new MessageRow(
                reader.GetString(0), reader.GetBoolean(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetBoolean(8), reader.GetBoolean(9), reader.GetBoolean(10), reader.GetInt64(11),
                reader.GetInt64(12), reader.GetInt64(13)));
        }

        return rows;
    }
}
