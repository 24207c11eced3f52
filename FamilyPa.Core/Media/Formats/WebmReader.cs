using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>WebM: elements within elements (RFC 8794), of which only a few are looked into, by stepping into them as <see cref="Mp4Reader"/> does.</summary>
internal static class WebmReader
{
    private const int LongestHeader = 12;
    private const int LargestNumber = 8;
    private const int SmallestBlock = 4;
    private const double NanosecondsPerSecond = 1e9;

    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        double nanosecondsPerTick = 1_000_000;
        double duration = 0, cluster = 0, last = 0;
        var hasSound = false;
        while (await reader.HasAsync(2))
        {
            await reader.HasAsync(LongestHeader);
            if (!EbmlHeader.TryRead(reader.Ahead, out var element))
                break;
            reader.Advance(element.HeaderLength);
            if (element.Id is Id.Segment or Id.Information or Id.Tracks or Id.Track or Id.Cluster or Id.BlockGroup)
                continue;
            if (element.Content is not { } size)
                break;

            var number = size is > 0 and <= LargestNumber && await reader.HasAsync((int)size) ? ReadNumber(reader.Ahead[..(int)size]) : 0;
            switch (element.Id)
            {
                case Id.TrackType when number == 1:
                    return Recording.Video;
                case Id.TrackType:
                    hasSound |= number == 2;
                    break;
                case Id.TickLength:
                    nanosecondsPerTick = number;
                    break;
                case Id.Duration when size is 4 or 8 && await reader.HasAsync((int)size):
                    duration = ReadFloat(reader.Ahead[..(int)size]);
                    break;
                case Id.ClusterTime:
                    cluster = number;
                    break;
                case Id.SimpleBlock or Id.Block when size >= SmallestBlock && await reader.HasAsync((int)Math.Min(size, LongestHeader)):
                    last = Math.Max(last, cluster + ReadBlockTime(reader.Ahead));
                    break;
            }

            await reader.SkipAsync(size);
        }

        // What a browser records has no duration; the last block's time is short of it by that block.
        var ticks = duration > last ? duration : last;
        return hasSound ? Recording.Of(ticks > 0 ? ticks * nanosecondsPerTick / NanosecondsPerSecond : null) : Recording.Unreadable;
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        foreach (var digit in bytes)
            number = (number << 8) | digit;
        return number;
    }

    private static double ReadFloat(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 4 ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadDoubleBigEndian(bytes);

    /// <summary>Relative to its cluster, behind the track's number.</summary>
    private static short ReadBlockTime(ReadOnlySpan<byte> block)
    {
        var track = EbmlHeader.LengthOf(block[0]);
        return block.Length >= track + 2 ? BinaryPrimitives.ReadInt16BigEndian(block[track..]) : (short)0;
    }

    private static class Id
    {
        public const uint Segment = 0x18538067;
        public const uint Information = 0x1549A966;
        public const uint TickLength = 0x2AD7B1;
        public const uint Duration = 0x4489;
        public const uint Tracks = 0x1654AE6B;
        public const uint Track = 0xAE;
        public const uint TrackType = 0x83;
        public const uint Cluster = 0x1F43B675;
        public const uint ClusterTime = 0xE7;
        public const uint SimpleBlock = 0xA3;
        public const uint BlockGroup = 0xA0;
        public const uint Block = 0xA1;
    }
}
