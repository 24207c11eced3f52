namespace FamilyPa.Core.Media.Formats;

/// <summary>AMR and AMR-WB (RFC 4867, section 5): 20 ms a frame, and each frame's first byte says how long it is.</summary>
internal static class AmrReader
{
    private const int FramesPerSecond = 50;

    // By frame type, without the first byte. Types that are not in use carry nothing.
    private static readonly byte[] NarrowSizes = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] WideSizes = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0];

    public static ReadOnlySpan<byte> NarrowMagic => "#!AMR\n"u8;

    public static ReadOnlySpan<byte> WideMagic => "#!AMR-WB\n"u8;

    public static ValueTask<Recording> ReadNarrowAsync(ForwardReader reader) => ReadAsync(reader, NarrowMagic.Length, NarrowSizes);

    public static ValueTask<Recording> ReadWideAsync(ForwardReader reader) => ReadAsync(reader, WideMagic.Length, WideSizes);

    private static async ValueTask<Recording> ReadAsync(ForwardReader reader, int magic, byte[] sizes)
    {
        long frames = 0;
        await reader.SkipAsync(magic);
        while (await reader.HasAsync(1))
        {
            var size = 1 + sizes[(reader.Ahead[0] >> 3) & 15];
            if (!await reader.HasAsync(size))
                break;
            reader.Advance(size);
            frames++;
        }

        return frames > 0 ? Recording.Of(frames / (double)FramesPerSecond) : Recording.Unreadable;
    }
}
