using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>FLAC (RFC 9639): its first block says how many samples follow.</summary>
internal static class FlacReader
{
    /// <summary>The mark, the block's header, and the block up to the end of the number of samples.</summary>
    private const int Needed = 4 + 4 + 18;

    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        if (!await reader.HasAsync(Needed))
            return Recording.Unreadable;
        // 20 bits of rate, 3 of channels, 5 of sample size, 36 of length.
        var packed = BinaryPrimitives.ReadUInt64BigEndian(reader.Ahead[18..]);
        var samplesPerSecond = packed >> 44;
        var samples = packed & 0xF_FFFF_FFFF;
        if (samplesPerSecond == 0)
            return Recording.Unreadable;
        return Recording.Of(samples == 0 ? null : samples / (double)samplesPerSecond);
    }
}
