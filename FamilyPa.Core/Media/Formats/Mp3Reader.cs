namespace FamilyPa.Core.Media.Formats;

/// <summary>MP3: as long as its frames together. They are counted, for a header that says how many there are may be wrong, and most have none.</summary>
internal static class Mp3Reader
{
    private const int TagHeader = 10;

    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        await SkipTagsAsync(reader);
        Mp3Frame? last = null;
        double seconds = 0;
        while (await reader.HasAsync(Mp3Frame.HeaderLength))
        {
            if (Mp3Frame.TryRead(reader.Ahead) is not { } frame || (frame.Kind != last?.Kind && !await IsFollowedAsync(reader, frame)))
            {
                Resynchronise(reader);
                last = null;
            }
            else if (await reader.SkipAsync(frame.Length) == frame.Length)
            {
                seconds += frame.Seconds;
                last = frame;
            }
        }

        return seconds > 0 ? Recording.Of(seconds) : Recording.Unreadable;
    }

    /// <summary>Whether a frame begins these bytes: four bytes may look like one by chance, two frames in a row do not.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        Mp3Frame.TryRead(bytes) is { } frame && bytes.Length >= frame.Length && IsFollowed(bytes, frame);

    private static async ValueTask<bool> IsFollowedAsync(ForwardReader reader, Mp3Frame frame)
    {
        await reader.HasAsync(frame.Length + Mp3Frame.HeaderLength);
        return reader.Ahead.Length >= frame.Length && IsFollowed(reader.Ahead, frame);
    }

    private static bool IsFollowed(ReadOnlySpan<byte> bytes, Mp3Frame frame) =>
        bytes.Length < frame.Length + Mp3Frame.HeaderLength || Mp3Frame.TryRead(bytes[frame.Length..])?.Kind == frame.Kind;

    /// <summary>ID3v2: its size is written in seven bits a byte. There may be several.</summary>
    private static async ValueTask SkipTagsAsync(ForwardReader reader)
    {
        while (await reader.HasAsync(TagHeader) && reader.Ahead.StartsWith("ID3"u8))
        {
            var size = 0;
            foreach (var digit in reader.Ahead[6..TagHeader])
                size = (size << 7) | (digit & 0x7F);
            await reader.SkipAsync(TagHeader + size);
        }
    }

    /// <summary>Not a frame: on to the next byte that could begin one.</summary>
    private static void Resynchronise(ForwardReader reader)
    {
        var next = reader.Ahead[1..].IndexOf((byte)0xFF);
        reader.Advance(next >= 0 ? next + 1 : reader.Ahead.Length);
    }
}
