using System.Buffers.Binary;
using System.Text;

namespace FamilyPa.Simulators.Audio;

/// <summary>What an Ogg/Opus file tells about itself (RFC 7845): its comments and its length.</summary>
/// <param name="Comments">By upper-case name; of a repeated name the first.</param>
public sealed record OggOpusFile(IReadOnlyDictionary<string, string> Comments, TimeSpan Duration)
{
    /// <summary>Opus granule positions always count at this rate, independent of the input's.</summary>
    private const double SamplesPerSecond = 48_000;

    /// <returns>Null if it is not a readable Ogg/Opus file.</returns>
    public static OggOpusFile? Read(ReadOnlySpan<byte> bytes)
    {
        var headers = new List<byte[]>();
        var packet = new MemoryStream();
        long end = 0;
        uint? serial = null;
        while (OggPage.Read(bytes, out var length) is { } page)
        {
            bytes = bytes[length..];
            serial ??= page.Serial;
            if (page.Serial != serial) continue;
            // -1 marks a page on which no packet ends.
            if (page.Granule > 0) end = page.Granule;
            if (headers.Count < 2) Collect(page, packet, headers);
        }

        if (headers is not [var head, var tags, ..] || head.Length < 19 || !head.AsSpan().StartsWith("OpusHead"u8)) return null;
        var skipped = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(10));
        return ReadTags(tags) is { } comments
            ? new OggOpusFile(comments, TimeSpan.FromSeconds(Math.Max(0, end - skipped) / SamplesPerSecond))
            : null;
    }

    // A packet ends at the first segment shorter than 255 bytes, which may be on a later page.
    private static void Collect(OggPage page, MemoryStream packet, List<byte[]> packets)
    {
        var at = 0;
        foreach (var segment in page.Lacing)
        {
            packet.Write(page.Payload, at, segment);
            at += segment;
            if (segment == byte.MaxValue) continue;
            packets.Add(packet.ToArray());
            packet.SetLength(0);
        }
    }

    private static Dictionary<string, string>? ReadTags(ReadOnlySpan<byte> tags)
    {
        if (!tags.StartsWith("OpusTags"u8)) return null;
        tags = tags[8..];
        if (!TryReadText(ref tags, out _) || tags.Length < 4) return null;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(tags);
        tags = tags[4..];
        var comments = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0u; index < count; index++)
        {
            if (!TryReadText(ref tags, out var comment)) return null;
            if (comment.Split('=', 2) is [var name, var value]) comments.TryAdd(name.ToUpperInvariant(), value);
        }

        return comments;
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Length < 4) return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length > bytes.Length - 4) return false;
        text = Encoding.UTF8.GetString(bytes.Slice(4, (int)length));
        bytes = bytes[(4 + (int)length)..];
        return true;
    }
}
