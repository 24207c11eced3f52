using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>The header of an Ogg page (RFC 3533).</summary>
/// <param name="Position">In samples, of the sound that is complete with this page; -1 where no packet ends on it.</param>
/// <param name="Length">Of the whole page in bytes.</param>
internal readonly record struct OggPage(bool BeginsStream, long Position, uint Stream, int HeaderLength, int Length)
{
    /// <summary>A header with the longest table of segments.</summary>
    public const int LongestHeader = ShortestHeader + byte.MaxValue;

    public const int ShortestHeader = 27;

    private const int BeginsFlag = 2;

    /// <returns>Null if no whole header of a page is here.</returns>
    public static OggPage? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ShortestHeader || bytes.Length < ShortestHeader + bytes[26])
            return null;
        var header = ShortestHeader + bytes[26];
        var length = header;
        foreach (var segment in bytes[ShortestHeader..header])
            length += segment;
        return new OggPage(
            (bytes[5] & BeginsFlag) != 0,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]),
            header,
            length);
    }
}
