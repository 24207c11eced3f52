using System.Text.Json.Serialization;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Transcription;

/// <param name="Ordinal">Which recording of the message.</param>
public sealed record TranscriptView(
    Guid Id, string MessageSid, int Ordinal, string Transcript, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Language,
    double Seconds, DateTimeOffset CreatedAt);

/// <summary>The transcripts of a family's voice notes, the newest first.</summary>
public sealed class FamilyTranscripts(Database database)
{
    public async Task<Page<TranscriptView>> ReadAsync(Identity member, PageCursor? after, int limit, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            """
            select v.id, v.message_sid, v.ordinal, v.transcript, v.language, v.seconds, v.created_at from voice_transcriptions v
            where v.family_id = (select my_family()) and ($1::timestamptz is null or (v.created_at, v.id) < ($1::timestamptz, $2::uuid))
            order by v.created_at desc, v.id desc limit $3
            """,
            after?.At, after is null ? null : Guid.Parse(after.Key), limit + 1);
        var rows = await batch.ListAsync(
            row => new TranscriptView(
                row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetDouble(5),
                row.GetFieldValue<DateTimeOffset>(6)),
            cancellation);
        return Page.Of(rows, limit, row => new PageCursor(row.CreatedAt, row.Id.ToString("D")));
    }
}
