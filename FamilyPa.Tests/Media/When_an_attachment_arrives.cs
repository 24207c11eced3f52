using System.Text;
using Azure.Storage.Blobs;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Media;

public sealed class When_an_attachment_arrives(MediaApp app) : AppTest<MediaApp>(app)
{
    private static readonly byte[] Voice = Samples.Opus(4);
    private static readonly byte[] Photo = [.. "GIF89a"u8, .. new byte[3000]];

    [Fact]
    public async Task It_is_kept_to_be_listened_to_and_Twilios_copy_is_deleted()
    {
        var sid = await App.SendAsync("audio/ogg", Voice);

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal("transcribe", await App.NextPhaseAsync(sid));
        var file = Assert.Single(await App.FilesAsync(sid));
        Assert.Equal(("audio/ogg", $"{sid}/0", (long)Voice.Length, null), (file["content_type"], file["blob_name"], file["size_bytes"], file["reason"]));
        Assert.Equal(4, (double)file["seconds"]!, 0.01);
        Assert.NotNull(file["provider_deleted_at"]);
        Assert.Equal(Voice, await BlobAsync(sid, 0));
        Assert.True(App.Twilio.Received.Single(message => message.Sid == sid).Media[0].Deleted);
        Assert.Empty(App.Twilio.LeakedCredentials);
    }

    [Fact]
    public async Task It_may_come_from_the_API_itself()
    {
        App.Twilio.ServesMediaDirectly = true;
        try
        {
            var sid = await App.SendAsync("audio/ogg", Voice);

            Assert.Null(await App.WaitForDownloadAsync(sid));
            Assert.Equal(Voice, await BlobAsync(sid, 0));
        }
        finally
        {
            App.Twilio.ServesMediaDirectly = false;
        }
    }

    [Fact]
    public async Task The_good_parts_of_a_message_go_on_and_the_others_have_their_reason()
    {
        var sid = await App.SendAsync(
            "for mum", new InboundMedia("image/jpeg", Photo), new InboundMedia("audio/ogg", Voice), new InboundMedia("audio/wav", Samples.Wav(3)));

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal("transcribe", await App.NextPhaseAsync(sid));
        var files = await App.FilesAsync(sid);
        Assert.Equal(["unsupported_image", null, null], files.Select(file => file["reason"]));
        Assert.Equal(["image/gif", "audio/ogg", "audio/wav"], files.Select(file => file["content_type"]));
        Assert.Equal([null, $"{sid}/1", $"{sid}/2"], files.Select(file => file["blob_name"]));
        Assert.All(files, file => Assert.NotNull(file["provider_deleted_at"]));
    }

    [Fact]
    public async Task A_caption_goes_on_alone_where_nothing_can_be_listened_to()
    {
        var sid = await App.SendAsync("image/jpeg", Photo, "buy this");

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal("extract", await App.NextPhaseAsync(sid));
    }

    public static TheoryData<string, string, byte[]> Refused => new()
    {
        { "unsupported_image", "audio/ogg", Photo },
        { "unsupported_video", "video/mp4", Samples.Mp4(3, "isom", "vide") },
        { "unsupported_document", "application/pdf", "%PDF-1.7 …"u8.ToArray() },
        { "unsupported_contact", "text/vcard", "BEGIN:VCARD\nFN:Ann\nEND:VCARD"u8.ToArray() },
        { "media_unreadable", "audio/ogg", [.. "rubbish\0"u8, .. new byte[100]] },
        { "media_unreadable", "audio/ogg", Voice[..120] },
        { "media_empty", "audio/ogg", [] },
        { "media_too_large", "audio/wav", new byte[26_000_000] },
        { "audio_too_long", "audio/ogg", Samples.Opus(11 * 60) },
        { "unsupported_audio", "audio/amr", Samples.Amr },
        { "unsupported_audio", "audio/3gpp", Samples.Mp4(3, "3gp4") },
        { "audio_too_long", "audio/mpeg", Samples.Mp3(11 * 60) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_worked_on_is_not_kept_and_its_sender_is_told_why(string reason, string declared, byte[] content)
    {
        var sid = await App.SendAsync(declared, content);

        Assert.Equal(reason, (await App.WaitForJobAsync(sid, "rejected")).Reason);
        Assert.Equal(["download succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        var file = Assert.Single(await App.FilesAsync(sid));
        Assert.Equal((reason, null), (file["reason"], file["blob_name"]));
        Assert.False(await Blob(sid, 0).ExistsAsync(Cancellation));
        // What a replay may take once a limit was raised has to be there still.
        Assert.Equal(reason.StartsWith("unsupported_", StringComparison.Ordinal), App.Twilio.Received.Single(message => message.Sid == sid).Media[0].Deleted);
    }

    [Fact]
    public async Task Recordings_that_are_too_long_together_are_kept_as_far_as_they_go()
    {
        var sid = await App.SendAsync(
            "", new InboundMedia("audio/ogg", Samples.Opus(360)), new InboundMedia("audio/ogg", Samples.Opus(300)), new InboundMedia("audio/ogg", Samples.Opus(200)));

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal([null, "audio_too_long", null], (await App.FilesAsync(sid)).Select(file => file["reason"]));
    }

    [Fact]
    public async Task The_reason_of_a_recording_counts_before_that_of_a_picture()
    {
        var sid = await App.SendAsync("", new InboundMedia("image/jpeg", Photo), new InboundMedia("audio/ogg", Voice[..120]));

        Assert.Equal("media_unreadable", await App.WaitForDownloadAsync(sid));
    }

    [Fact]
    public async Task Media_that_is_announced_without_an_address_is_unavailable()
    {
        var form = App.Form("", null, ("NumMedia", "1"));
        Assert.Equal(200, (await App.PostAsync(form)).Status);

        Assert.Equal("media_unavailable", await App.WaitForDownloadAsync(form["MessageSid"]));
    }

    [Theory]
    [InlineData("text/plain", "iso-8859-1", "café für Oma kaufen")]
    [InlineData("text/plain; charset=windows-1252", "windows-1252", "fünf € für Käthe’s Kuchen kaufen")]
    [InlineData("text/plain;charset=\"ISO-8859-9\"", "iso-8859-9", "İğne ve çay al")]
    [InlineData("text/plain; charset=utf-16", "utf-16", "acheter des œufs")]
    [InlineData("Text/Plain", "utf-16BE", "Öl und Brot kaufen")]
    [InlineData("text/plain; charset=iso-8859-1", "utf-8", "Grüße an Zoë schicken")]
    public async Task The_text_of_an_MMS_is_read_in_whatever_encoding(string type, string encoding, string text)
    {
        var bytes = (CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding)).GetBytes(text);
        var sid = await SendMmsAsync("", new InboundMedia(type, encoding == "utf-16" ? [0xFF, 0xFE, .. bytes] : bytes));

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal(text, Encoding.UTF8.GetString(await BlobAsync(sid, 0)));
    }

    [Theory]
    [InlineData("application/smil")]
    [InlineData("application/smil+xml")]
    [InlineData("Application/SMIL; charset=utf-8")]
    [InlineData("application/x-smil;name=\"0.smil\"")]
    public async Task The_text_of_an_MMS_is_its_senders_words_and_its_layout_is_left_alone(string type)
    {
        var layout = new InboundMedia(type, "<smil><body/></smil>"u8.ToArray());
        var sid = await SendMmsAsync("", layout, new InboundMedia("text/plain", "buy stämps"u8.ToArray()));
        var beside = await SendMmsAsync("buy envelopes", layout);

        Assert.Null((await App.WaitForJobAsync(sid, "done")).Reason);
        Assert.Contains("stämps", await App.Database.ScalarAsync<string>("select title from tasks where source_message_sid = $1", sid), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["text/plain"], (await App.FilesAsync(sid)).Select(file => file["content_type"]));
        await App.WaitForJobAsync(beside, "done");
        Assert.DoesNotContain("(", await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1", beside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_on_the_map_is_refused_without_a_word_and_read_as_text_with_one()
    {
        (string, string?)[] place = [("MessageType", "location"), ("Latitude", "51.5"), ("Longitude", "-0.12"), ("Label", "Big Ben")];
        var bare = App.Form("", null, place);
        var described = App.Form("buy milk here", null, place);
        Assert.Equal(200, (await App.PostAsync(bare)).Status);
        Assert.Equal(200, (await App.PostAsync(described)).Status);

        Assert.Equal("unsupported_location", (await App.WaitForJobAsync(bare["MessageSid"], "rejected")).Reason);
        Assert.Null((await App.WaitForJobAsync(described["MessageSid"], "done")).Reason);
    }

    private async Task<string> SendMmsAsync(string body, params InboundMedia[] media) =>
        (await App.Twilio.SendInboundAsync(MediaApp.Message(body, media) with { From = DemoFamily.Owner.Phone }, Cancellation)).MessageSid;

    private BlobClient Blob(string sid, int ordinal) => new(App.Storage.ConnectionString, "media", $"{sid}/{ordinal}");

    private async Task<byte[]> BlobAsync(string sid, int ordinal) => (await Blob(sid, ordinal).DownloadContentAsync(Cancellation)).Value.Content.ToArray();
}
