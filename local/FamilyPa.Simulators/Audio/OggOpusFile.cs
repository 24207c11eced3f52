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
    /// <remarks>The first page holds the head, the following pages without a granule position the comments.</remarks>
    public static OggOpusFile? Read(ReadOnlySpan<byte> bytes)
    {
        byte[]? head = null;
        var tags = new MemoryStream();
        long end = 0;
        while (bytes.Length > OggOpusWriter.PageHeader && bytes.StartsWith("OggS"u8) && bytes.Length >= OggOpusWriter.PageHeader + bytes[26])
        {
            var start = OggOpusWriter.PageHeader + bytes[26];
            var next = start + bytes[OggOpusWriter.PageHeader..start].ToArray().Sum(segment => segment);
            if (next > bytes.Length) break;
            end = Math.Max(end, BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]));
            if (head is null) head = bytes[start..next].ToArray();
            else if (end == 0) tags.Write(bytes[start..next]);
            bytes = bytes[next..];
        }

        return head is { Length: >= 19 } && head.AsSpan().StartsWith("OpusHead"u8) && ReadTags(tags.ToArray()) is { } comments
            ? new OggOpusFile(comments, TimeSpan.FromSeconds(Math.Max(0, end - BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(10))) / SamplesPerSecond))
            : null;
    }

    private static Dictionary<string, string>? ReadTags(byte[] tags)
    {
        var comments = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = new BinaryReader(new MemoryStream(tags));
        try
        {
            if (!reader.ReadBytes(8).AsSpan().SequenceEqual("OpusTags"u8)) return null;
            ReadText();
            for (var left = reader.ReadUInt32(); left > 0; left--)
                if (ReadText().Split('=', 2) is [var name, var value]) comments.TryAdd(name.ToUpperInvariant(), value);
            return comments;
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentOutOfRangeException)
        {
            return null;
        }

        string ReadText() => Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
    }
}
