namespace FamilyPa.Core.Media.Formats;

/// <summary>Ogg: the position on a stream's last page is its length.</summary>
internal static class OggReader
{
    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        OggCodec? sound = null;
        long position = 0;
        double finished = 0;
        while (await reader.HasAsync(OggPage.ShortestHeader))
        {
            if (!reader.Ahead.StartsWith("OggS"u8))
            {
                SeekPage(reader);
                continue;
            }

            await reader.HasAsync(OggPage.LongestHeader);
            if (OggPage.TryRead(reader.Ahead) is not { } page)
                break;
            if (page.BeginsStream && !await reader.HasAsync(Math.Min(page.Length, page.HeaderLength + OggCodec.Opening)))
                break;
            if (page.BeginsStream && OggCodec.IsVideo(reader.Ahead[page.HeaderLength..]))
                return Recording.Video;
            if (page.BeginsStream && (sound is null || position > 0))
            {
                // One recording behind another (chained): their lengths add up.
                finished += sound?.SecondsAt(position) ?? 0;
                position = 0;
                sound = OggCodec.TryRead(page.Stream, reader.Ahead[page.HeaderLength..]);
                if (sound is null)
                    return Recording.UnknownCodec;
            }

            if (await reader.SkipAsync(page.Length) < page.Length)
                break; // cut off: a player drops it too
            if (page.Stream == sound?.Stream && page.Position > 0)
                position = page.Position;
        }

        var seconds = finished + (sound?.SecondsAt(position) ?? 0);
        return seconds > 0 ? Recording.Of(seconds) : Recording.Unreadable;
    }

    /// <summary>Damaged here: on to the next page's mark, as players do.</summary>
    private static void SeekPage(ForwardReader reader)
    {
        var next = reader.Ahead[1..].IndexOf("OggS"u8);
        // The mark may begin in the last three bytes that are here.
        reader.Advance(next >= 0 ? next + 1 : reader.Ahead.Length - 3);
    }
}
