using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>MP4 and M4A (ISO/IEC 14496-12): boxes within boxes, of which only a few are looked into.</summary>
/// <remarks>
/// A box that is looked into is only stepped into: its children follow like any others, so nothing has to be remembered of how
/// deep they are, however deep somebody nests them.
/// </remarks>
internal static class Mp4Reader
{
    private const int ShortHeader = 8;
    private const int LongHeader = 16;

    /// <summary>Of the boxes that are read: version, flags, dates, time scale, duration.</summary>
    private const int LargestTimes = 32;

    private const int Handler = 12;

    /// <summary>Of the list of codecs: version, flags, count, and the first entry's length and name.</summary>
    private const int Codecs = 16;

    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        double? longest = null;
        var hasSound = false;
        while (await reader.HasAsync(ShortHeader))
        {
            await reader.HasAsync(LongHeader);
            var (type, header, content) = ReadHeader(reader.Ahead);
            if (content < 0)
                break;
            reader.Advance(header);
            switch (type)
            {
                case Type.Parent:
                    continue;
                case Type.Times when await reader.HasAsync((int)Math.Min(content, LargestTimes)):
                    longest = Longer(longest, ReadTimes(reader.Ahead[..(int)Math.Min(content, LargestTimes)]));
                    break;
                case Type.Handler when content >= Handler && await reader.HasAsync(Handler):
                    if (reader.Ahead[8..].StartsWith("vide"u8))
                        return Recording.Video;
                    hasSound |= reader.Ahead[8..].StartsWith("soun"u8);
                    break;
                case Type.Codecs when content >= Codecs && await reader.HasAsync(Codecs):
                    // AMR, narrow and wide.
                    if (reader.Ahead[12..].StartsWith("samr"u8) || reader.Ahead[12..].StartsWith("sawb"u8))
                        return Recording.UnknownCodec;
                    break;
            }

            await reader.SkipAsync(content);
        }

        return hasSound ? Recording.Of(longest) : Recording.Unreadable;
    }

    /// <summary>Zero is what stands where a length was not known when it was written (fragmented files).</summary>
    private static double? Longer(double? one, double other) => other > (one ?? 0) ? other : one;

    /// <returns>What kind of box, the length of its header, and of its content: negative if that cannot be.</returns>
    private static (Type Type, int Header, long Content) ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var type = bytes[4..ShortHeader] switch
        {
            var name when name.SequenceEqual("moov"u8) || name.SequenceEqual("trak"u8) || name.SequenceEqual("mdia"u8) || name.SequenceEqual("mvex"u8) => Type.Parent,
            var name when name.SequenceEqual("minf"u8) || name.SequenceEqual("stbl"u8) => Type.Parent,
            var name when name.SequenceEqual("stsd"u8) => Type.Codecs,
            var name when name.SequenceEqual("mvhd"u8) || name.SequenceEqual("mdhd"u8) => Type.Times,
            var name when name.SequenceEqual("hdlr"u8) => Type.Handler,
            _ => Type.Other,
        };
        return size switch
        {
            0 => (type, ShortHeader, long.MaxValue),
            1 when bytes.Length >= LongHeader => (type, LongHeader, BinaryPrimitives.ReadInt64BigEndian(bytes[ShortHeader..]) - LongHeader),
            _ => (type, ShortHeader, size - (long)ShortHeader),
        };
    }

    /// <returns>Seconds; 0 where they are not told.</returns>
    private static double ReadTimes(ReadOnlySpan<byte> box)
    {
        var isLong = box is [1, ..];
        if (box.Length < (isLong ? LargestTimes : 20))
            return 0;
        var scale = BinaryPrimitives.ReadUInt32BigEndian(box[(isLong ? 20 : 12)..]);
        var duration = isLong ? BinaryPrimitives.ReadUInt64BigEndian(box[24..]) : BinaryPrimitives.ReadUInt32BigEndian(box[16..]);
        var isUnknown = duration == (isLong ? ulong.MaxValue : uint.MaxValue);
        return scale == 0 || isUnknown ? 0 : duration / (double)scale;
    }

    private enum Type { Other, Parent, Times, Handler, Codecs }
}
