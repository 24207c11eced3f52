using System.Text;
using FamilyPa.Core.Media;

namespace FamilyPa.Tests.Media;

public sealed class When_it_is_found_out_what_an_attachment_is
{
    public static TheoryData<string, byte[]> Recordings => new()
    {
        { "voice.ogg", Samples.Opus(1) },
        { "voice.mp3", Samples.Mp3(1) },
        { "voice.mp3", Samples.Mp3(1, tagged: false) },
        { "voice.m4a", Samples.Mp4(1) },
        { "voice.m4a", Samples.Mp4(1, "mp42") },
        { "voice.wav", Samples.Wav(1) },
        { "voice.webm", Samples.Webm(1) },
        { "voice.flac", Samples.Flac(1) },
    };

    public static TheoryData<string, byte[]> Pictures => new()
    {
        { "image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[100]] },
        { "image/png", [0x89, .. "PNG\r\n\u001A\n"u8, .. new byte[100]] },
        { "image/webp", [.. "RIFF1234WEBPVP8 "u8] },
        { "image/heic", [0, 0, 0, 24, .. "ftypheic"u8, .. new byte[100]] },
    };

    public static TheoryData<string, byte[], string?> Others => new()
    {
        { "unsupported_image", [.. "GIF89a"u8, .. new byte[100]], "image/jpeg" },
        { "unsupported_image", [.. "RIFF1234WEBPVP8X\n\0\0\0\u0002"u8, .. new byte[100]], "image/webp" },
        { "unsupported_image", [0, 0, 0, 24, .. "ftypavif"u8, .. new byte[100]], "image/jpeg" },
        { "unsupported_image", [.. "<svg/>"u8], "image/svg+xml" },
        { "unsupported_image", [1, 2, 3, 0, 0, 0], "image/x-raw" },
        { "unsupported_video", [.. "RIFF1234AVI LIST"u8], null },
        { "unsupported_video", [0, 0, 0, 8, .. "wide"u8, 0, 0, 0, 8, .. "mdat"u8], "video/quicktime" },
        { "unsupported_document", [.. "%PDF-1.7"u8], "audio/ogg" },
        { "unsupported_document", [.. "PK\u0003\u0004"u8, .. new byte[40]], "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "unsupported_document", [.. "Dear all, naïve café 🥛"u8], "text/plain" },
        { "unsupported_document", Encoding.UTF8.GetBytes(new string('é', 5000))[..ContentSniffer.Length], null },
        { "unsupported_contact", [.. "\uFEFFBEGIN:VCARD\r\nVERSION:3.0\r\n"u8], "text/vcard" },
        { "unsupported_contact", [.. "begin:vcard\n"u8], null },
        { "unsupported_audio", Samples.Amr, "audio/amr" },
        { "unsupported_audio", [.. "#!AMR-WB\n"u8, .. new byte[100]], null },
        { "unsupported_audio", Samples.Mp4(1, "3gp4"), "audio/3gpp" },
        { "unsupported_video", Samples.Mp4(1, "3gp4"), "video/3gpp" },
        { "unsupported_audio", [0xFF, 0xF1, 0x50, 0x80, .. new byte[100]], "audio/aac" },
        { "unsupported_audio", [.. "caff\0\u0001"u8, .. new byte[100]], "audio/x-caf" },
        { "unsupported_media", [1, 2, 3, 0, 0, 0], "application/octet-stream" },
        { "media_unreadable", [1, 2, 3, 0, 0, 0], "audio/ogg; codecs=opus" },
        { "media_unreadable", [.. "<html>not found</html>"u8], "audio/ogg" },
        { "media_empty", [], "audio/ogg" },
    };

    [Theory]
    [MemberData(nameof(Recordings), DisableDiscoveryEnumeration = true)]
    public void A_recording_is_known_by_its_bytes_whatever_it_is_declared_as(string file, byte[] bytes)
    {
        var head = bytes.AsSpan(0, Math.Min(bytes.Length, ContentSniffer.Length));
        foreach (var declared in (string?[])["image/jpeg", "audio/ogg", "application/octet-stream", "", null])
        {
            var sniffed = ContentSniffer.Sniff(head, declared);
            Assert.Null(sniffed.Reason);
            Assert.Equal(file, AudioFormat.FileName(sniffed.ContentType));
        }
    }

    [Theory]
    [MemberData(nameof(Pictures), DisableDiscoveryEnumeration = true)]
    public void So_is_a_picture(string contentType, byte[] bytes)
    {
        foreach (var declared in (string?[])["image/gif", "audio/ogg", "text/plain", null])
            Assert.Equal((true, contentType), ContentSniffer.Sniff(bytes, declared) is var sniffed ? (sniffed.IsPicture, sniffed.ContentType) : default);
    }

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Anything_else_gets_the_reason_of_its_kind(string reason, byte[] bytes, string? declared) =>
        Assert.Equal(reason, ContentSniffer.Sniff(bytes, declared).Reason);
}
