using System.Buffers.Binary;

namespace FamilyPa.Simulators.Audio;

/// <summary>One page of an Ogg stream (RFC 3533): a header, a table of segment lengths, up to 255 segments of up to 255 bytes.</summary>
internal sealed record OggPage(byte Flags, long Granule, uint Serial, uint Sequence, byte[] Lacing, byte[] Payload)
{
    public const byte Continued = 1;
    public const byte First = 2;
    public const byte Last = 4;
    private const int HeaderLength = 27;
    private const int ChecksumAt = 22;

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + Lacing.Length + Payload.Length];
        "OggS"u8.CopyTo(bytes);
        bytes[5] = Flags;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(6), Granule);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(14), Serial);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(18), Sequence);
        bytes[26] = (byte)Lacing.Length;
        Lacing.CopyTo(bytes, HeaderLength);
        Payload.CopyTo(bytes, HeaderLength + Lacing.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), OggChecksum.Of(bytes));
        return bytes;
    }

    /// <returns>Null if there is no whole, undamaged page here.</returns>
    public static OggPage? Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < HeaderLength || !bytes.StartsWith("OggS"u8) || bytes[4] != 0) return null;
        var segments = bytes[26];
        if (bytes.Length < HeaderLength + segments) return null;
        var lacing = bytes.Slice(HeaderLength, segments).ToArray();
        var size = lacing.Sum(value => value);
        if (bytes.Length < HeaderLength + segments + size) return null;
        length = HeaderLength + segments + size;
        var checked_ = bytes[..length].ToArray();
        checked_.AsSpan(ChecksumAt, 4).Clear();
        if (OggChecksum.Of(checked_) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..])) return null;
        return new OggPage(
            bytes[5], BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[18..]), lacing, bytes.Slice(HeaderLength + segments, size).ToArray());
    }
}
