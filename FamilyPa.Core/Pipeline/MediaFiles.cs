using FamilyPa.Core.Jobs;
using FamilyPa.Core.Media;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Pipeline;

/// <summary>The table of attachments that were looked at.</summary>
public sealed class MediaFiles(Database database)
{
    /// <summary>Stores what was found, fenced by the claim's lease. It is written behind the blob, so that a row never names one that is not there.</summary>
    public async Task StoreAsync(LeasedJob claim, MediaPart part, LookedAt found, CancellationToken cancellation)
    {
        var file = found.File;
        await using var batch = database.Fenced(claim).Add(
            """
            insert into media_files (family_id, message_sid, ordinal, media_url, declared_type, content_type, blob_name, size_bytes, seconds, reason)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (message_sid, ordinal) do update
            set content_type = excluded.content_type, blob_name = excluded.blob_name, size_bytes = excluded.size_bytes,
                seconds = excluded.seconds, reason = excluded.reason
            """,
            claim.Family.Id, claim.MessageSid, part.Ordinal, part.Url, part.DeclaredType, file.ContentType, file.BlobName, found.Size,
            file.Seconds, file.Reason);
        await batch.ExecuteAsync(cancellation);
    }

    /// <summary>Notes that Twilio has no copy any more.</summary>
    public async Task MarkDeletedAtProviderAsync(string messageSid, int[] ordinals, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "update media_files set provider_deleted_at = now() where message_sid = $1 and ordinal = any($2) and provider_deleted_at is null",
            messageSid, ordinals);
        await batch.ExecuteAsync(cancellation);
    }
}
