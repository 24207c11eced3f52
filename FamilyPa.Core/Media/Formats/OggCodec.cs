using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>How an Ogg stream of sound counts its positions.</summary>
/// <param name="Stream">The stream's serial number.</param>
/// <param name="Delay">Samples at the beginning that are not played.</param>
internal readonly record struct OggCodec(uint Stream, uint SamplesPerSecond, int Delay)
{
    /// <summary>Of a stream's first packet: enough to know it by.</summary>
    public const int Opening = 16;

    private const uint OpusSamplesPerSecond = 48_000;

    /// <summary>Opus (RFC 7845) or Vorbis by its first packet; null for any other codec.</summary>
    public static OggCodec? TryRead(uint stream, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Opening)
            return null;
        if (packet.StartsWith("OpusHead"u8))
            return new OggCodec(stream, OpusSamplesPerSecond, BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]));
        return packet.StartsWith("\u0001vorbis"u8) && BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]) is > 0 and var rate
            ? new OggCodec(stream, rate, 0)
            : null;
    }

    public static bool IsVideo(ReadOnlySpan<byte> packet) => packet is [0x80, ..] && packet[1..].StartsWith("theora"u8);

    public double SecondsAt(long position) => Math.Max(0, position - Delay) / (double)SamplesPerSecond;
}
