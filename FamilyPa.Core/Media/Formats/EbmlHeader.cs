using System.Numerics;

namespace FamilyPa.Core.Media.Formats;

/// <summary>What an EBML element (RFC 8794) begins with.</summary>
/// <param name="Content">Its length in bytes; null where it goes on until something else begins.</param>
internal readonly record struct EbmlHeader(uint Id, int HeaderLength, long? Content)
{
    private const int LongestId = 4;
    private const int LongestSize = 8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out EbmlHeader header)
    {
        header = default;
        var id = bytes.Length > 0 ? LengthOf(bytes[0]) : int.MaxValue;
        if (id > LongestId || bytes.Length <= id)
            return false;
        var size = LengthOf(bytes[id]);
        if (size > LongestSize || bytes.Length < id + size)
            return false;

        // The mark of its length is part of an id, and not part of a size.
        uint name = 0;
        foreach (var digit in bytes[..id])
            name = (name << 8) | digit;
        ulong content = bytes[id] & (0xFFu >> size);
        foreach (var digit in bytes[(id + 1)..(id + size)])
            content = (content << 8) | digit;
        var isUnknown = content == (1UL << (7 * size)) - 1;
        header = new EbmlHeader(name, id + size, isUnknown ? null : (long)content);
        return true;
    }

    /// <summary>How many bytes a number of variable length has, by its first one: as many as zeros begin it, and one. Nine is none.</summary>
    public static int LengthOf(byte first) => BitOperations.LeadingZeroCount(first) - 24 + 1;
}
