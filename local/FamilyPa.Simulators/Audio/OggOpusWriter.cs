using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FamilyPa.Simulators.Audio;

/// <summary>Makes sample voice notes: valid Ogg/Opus (RFC 7845) with a hum, or with silence for no speech. Their comments have the spoken words.</summary>
public static class OggOpusWriter
{
    internal const int PageHeader = 27;

    private const byte Continued = 1;
    private const byte First = 2;
    private const byte Last = 4;
    private const uint Serial = 0x46504131;
    private const int SamplesPerPacket = 960;
    private const int PacketsPerSecond = 50;
    private const ushort PreSkip = 312;

    /// <summary>Ogg's CRC-32 of each byte: polynomial 0x04C11DB7, no reflection, no final inversion.</summary>
    private static readonly uint[] Checksums = [.. Enumerable.Range(0, 256).Select(ChecksumOf)];

    // 20 ms of silence: full-band CELT, mono, one frame.
    private static readonly byte[] Silence = [0xF8, 0xFF, 0xFE];

    // 20 ms of a hum, as an encoder made it.
    private static readonly byte[] Hum = Convert.FromHexString("98C3300E1516B1C1057DE928674B71");

    /// <param name="transcript">Goes into the <c>TRANSCRIPT</c> comment; null leaves it out, as a real recording would. Blank: the note is silent.</param>
    /// <param name="duration">To the sample, at 48 kHz.</param>
    /// <param name="language">ISO 639-1, for the <c>LANGUAGE</c> comment.</param>
    /// <param name="heard">For the <c>SECONDS</c> comment: how much there is to hear in a recording whose container says less.</param>
    public static byte[] Write(string? transcript, TimeSpan duration, string? language = null, TimeSpan? heard = null)
    {
        // The decoder drops the encoder's delay, so the sound needs that much more.
        var end = PreSkip + (long)Math.Round(duration.TotalSeconds * PacketsPerSecond * SamplesPerPacket);
        var packet = transcript is not null && string.IsNullOrWhiteSpace(transcript) ? Silence : Hum;
        var stream = new MemoryStream();
        var sequence = 0u;
        WritePackets(stream, ref sequence, First, 0, [Head()]);
        WritePackets(stream, ref sequence, 0, 0, [Tags(transcript, language, heard)]);
        var packets = (int)((end + SamplesPerPacket - 1) / SamplesPerPacket);
        for (var written = 0; written < packets;)
        {
            var count = Math.Min(PacketsPerSecond, packets - written);
            written += count;
            // The last position says where the sound ends, within its packet.
            var (flags, granule) = written == packets ? (Last, end) : ((byte)0, (long)written * SamplesPerPacket);
            WritePackets(stream, ref sequence, flags, granule, Enumerable.Repeat(packet, count));
        }

        return stream.ToArray();
    }

    private static byte[] Head()
    {
        var head = new byte[19];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(10), PreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(12), 16_000);
        return head;
    }

    private static byte[] Tags(string? transcript, string? language, TimeSpan? heard)
    {
        var comments = new List<string>();
        if (transcript is not null) comments.Add($"TRANSCRIPT={transcript}");
        if (language is not null) comments.Add($"LANGUAGE={language}");
        if (heard is { } time) comments.Add(string.Create(CultureInfo.InvariantCulture, $"SECONDS={time.TotalSeconds}"));
        var tags = new MemoryStream();
        using var writer = new BinaryWriter(tags);
        writer.Write("OpusTags"u8);
        WriteText(writer, "Family PA");
        writer.Write(comments.Count);
        comments.ForEach(comment => WriteText(writer, comment));
        return tags.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    // A packet is laid out in segments of 255 bytes and a shorter last one; 255 segments fill a page.
    private static void WritePackets(MemoryStream stream, ref uint sequence, byte flags, long granule, IEnumerable<byte[]> packets)
    {
        var lacing = new List<byte>();
        foreach (var packet in packets)
        {
            lacing.AddRange(Enumerable.Repeat(byte.MaxValue, packet.Length / byte.MaxValue));
            lacing.Add((byte)(packet.Length % byte.MaxValue));
        }

        var payload = packets.SelectMany(packet => packet).ToArray();
        var at = 0;
        foreach (var part in lacing.Chunk(byte.MaxValue))
        {
            var size = part.Sum(value => value);
            var ends = at + size == payload.Length;
            stream.Write(Page(flags, ends ? granule : -1, sequence++, part, payload.AsSpan(at, size)));
            at += size;
            flags = part[^1] == byte.MaxValue ? (byte)(flags | Continued) : flags;
        }
    }

    /// <summary>A page (RFC 3533): a header, a table of segment lengths, the segments.</summary>
    private static byte[] Page(byte flags, long granule, uint sequence, byte[] lacing, ReadOnlySpan<byte> payload)
    {
        byte[] page = [.. "OggS\0"u8, flags, .. new byte[PageHeader - 7], (byte)lacing.Length, .. lacing, .. payload];
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(14), Serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(18), sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(22), page.Aggregate(0u, (sum, value) => (sum << 8) ^ Checksums[(sum >> 24) ^ value]));
        return page;
    }

    private static uint ChecksumOf(int value) =>
        Enumerable.Range(0, 8).Aggregate((uint)value << 24, (sum, _) => (sum & 0x80000000) != 0 ? (sum << 1) ^ 0x04C11DB7 : sum << 1);
}
