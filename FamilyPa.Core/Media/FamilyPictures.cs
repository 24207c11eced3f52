using Azure;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Media;

/// <summary>The pictures that a family's tasks came from.</summary>
public sealed class FamilyPictures(Database database, MediaStore media)
{
    /// <returns>A <see cref="PictureScaler.ContentType"/>; null when the family has no such task, or the picture is no longer kept.</returns>
    public async Task<Stream?> OpenAsync(Identity member, Guid taskId, int ordinal, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            """
            select f.blob_name from tasks t join media_files f on f.message_sid = t.source_message_sid
            where t.id = $1 and f.ordinal = $2 and f.is_picture
            """,
            taskId, ordinal);
        if (await batch.SingleAsync(row => row.GetString(0), cancellation) is not { } blob)
            return null;
        try
        {
            return await media.OpenAsync(blob, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
