using System.Buffers;
using System.Text;
using System.Text.Unicode;
using FamilyPa.Core.Media.Formats;

namespace FamilyPa.Core.Media;

/// <summary>What an attachment is, by its first bytes.</summary>
/// <param name="Audio">The kind of recording; null when it is none.</param>
/// <param name="Reason">Why it is not worked on; null for a recording and for a picture.</param>
internal readonly record struct Sniffed(string? ContentType, AudioFormat? Audio, string? Reason)
{
    /// <summary>Whether it is a picture in a format that is decoded.</summary>
    public bool IsPicture => Audio is null && Reason is null;

    public static Sniffed As(AudioFormat format) => new(format.ContentType, format, null);

    public static Sniffed Picture(string contentType) => new(contentType, null, null);

    public static Sniffed Refused(string? contentType, string reason) => new(contentType, null, reason);
}

/// <summary>Knows what bytes are by what they begin with. What a sender declares only decides where the bytes leave it open.</summary>
internal static class ContentSniffer
{
    /// <summary>As many bytes as are looked at: where there are more, they are needed.</summary>
    public const int Length = 4096;

    private static readonly (int At, byte[] Magic, string ContentType, string Reason)[] Known =
    [
        (0, [.. "GIF8"u8], "image/gif", MediaReason.Image),
        (0, [.. "II*\0"u8], "image/tiff", MediaReason.Image),
        (0, [.. "MM\0*"u8], "image/tiff", MediaReason.Image),
        (8, [.. "AVI LIST"u8], "video/x-msvideo", MediaReason.Video),
        (0, [0x00, 0x00, 0x01, 0xBA], "video/mpeg", MediaReason.Video),
        (0, [.. "FLV\u0001"u8], "video/x-flv", MediaReason.Video),
        (0, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], "video/x-ms-asf", MediaReason.Video),
        (0, [.. "%PDF-"u8], "application/pdf", MediaReason.Document),
        (0, [.. "PK\u0003\u0004"u8], "application/zip", MediaReason.Document), // the formats of office programs, too
        (0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage", MediaReason.Document),
        (0, [.. "{\\rtf"u8], "application/rtf", MediaReason.Document),
        (0, [.. "#!AMR\n"u8], "audio/amr", MediaReason.Audio), // no transcriber takes it, and no package converts it
        (0, [.. "#!AMR-WB\n"u8], "audio/amr-wb", MediaReason.Audio),
        (8, [.. "AIFF"u8], "audio/aiff", MediaReason.Audio),
        (0, [.. "caff"u8], "audio/x-caf", MediaReason.Audio),
        (0, [.. "MThd"u8], "audio/midi", MediaReason.Audio),
        (0, [0xFF, 0xF1], "audio/aac", MediaReason.Audio),
        (0, [0xFF, 0xF9], "audio/aac", MediaReason.Audio),
    ];

    /// <summary>What no text has in it.</summary>
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code).Except("\t\n\f\r\u001B"u8.ToArray())]);

    private static readonly string[] ImageBrands = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"];
    private static readonly string[] RefusedImageBrands = ["avif", "avis"];

    /// <param name="head">The first <see cref="Length"/> bytes, or all if there are fewer.</param>
    public static Sniffed Sniff(ReadOnlySpan<byte> head, string? declaredType)
    {
        if (head.IsEmpty)
            return Sniffed.Refused(null, MediaReason.Empty);
        if (FormatOf(head) is { } format)
            return Sniffed.As(format);
        if (PictureOf(head) is { } picture)
            return picture;
        if (IsMp4(head))
            return SniffBrand(head, declaredType);
        foreach (var (at, magic, contentType, reason) in Known)
        {
            if (head.Length > at && head[at..].StartsWith(magic))
                return Sniffed.Refused(contentType, reason);
        }

        return SniffRest(head, declaredType);
    }

    private static AudioFormat? FormatOf(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith("OggS"u8) => AudioFormat.Ogg,
        _ when head.StartsWith("ID3"u8) || Mp3Reader.Begins(head) => AudioFormat.Mp3,
        _ when head.StartsWith("RIFF"u8) && head.Length > 8 && head[8..].StartsWith("WAVE"u8) => AudioFormat.Wav,
        _ when head.StartsWith("fLaC"u8) => AudioFormat.Flac,
        _ when head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) => AudioFormat.Webm,
        _ => null,
    };

    private static Sniffed? PictureOf(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => Sniffed.Picture("image/jpeg"),
        _ when head.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8]) => Sniffed.Picture("image/png"),
        _ when head.Length > 8 && head[8..].StartsWith("WEBP"u8) => IsAnimated(head) ? Sniffed.Refused("image/webp", MediaReason.Image) : Sniffed.Picture("image/webp"),
        _ => null,
    };

    /// <summary>By the flags of a WebP's extended header: https://developers.google.com/speed/webp/docs/riff_container.</summary>
    private static bool IsAnimated(ReadOnlySpan<byte> webp) => webp.Length > 20 && webp[12..].StartsWith("VP8X"u8) && (webp[20] & 2) != 0;

    private static bool IsMp4(ReadOnlySpan<byte> head) => head.Length >= 12 && head[4..].StartsWith("ftyp"u8);

    /// <summary>By what its maker calls it; whether there are pictures in a film's container shows only further on.</summary>
    private static Sniffed SniffBrand(ReadOnlySpan<byte> head, string? declaredType)
    {
        var brand = Encoding.ASCII.GetString(head[8..12]);
        if (ImageBrands.Contains(brand))
            return Sniffed.Picture("image/heic");
        if (RefusedImageBrands.Contains(brand))
            return Sniffed.Refused("image/avif", MediaReason.Image);
        if (!brand.StartsWith("3g", StringComparison.Ordinal))
            return Sniffed.As(AudioFormat.Mp4);
        return declaredType?.StartsWith("video/", StringComparison.OrdinalIgnoreCase) == true
            ? Sniffed.Refused("video/3gpp", MediaReason.Video)
            : Sniffed.Refused("audio/3gpp", MediaReason.Audio);
    }

    /// <summary>No known signature.</summary>
    private static Sniffed SniffRest(ReadOnlySpan<byte> head, string? declaredType)
    {
        var declared = declaredType?.Split('/')[0].Trim().ToLowerInvariant();
        if (declared == "audio")
            return Sniffed.Refused(null, MediaReason.Unreadable);
        if (declared == "image")
            return Sniffed.Refused(null, MediaReason.Image);
        if (IsText(head))
        {
            return Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\r', '\n').StartsWith("BEGIN:VCARD", StringComparison.OrdinalIgnoreCase)
                ? Sniffed.Refused("text/vcard", MediaReason.Contact)
                : Sniffed.Refused("text/plain", MediaReason.Document);
        }

        return Sniffed.Refused(null, declared == "video" ? MediaReason.Video : MediaReason.Unknown);
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.ContainsAny(Controls))
            return false;
        // The last character may go on behind what is here.
        for (var rest = 0; rest < 4 && rest < head.Length; rest++)
        {
            if (Utf8.IsValid(head[..^rest]))
                return true;
        }

        return false;
    }
}
