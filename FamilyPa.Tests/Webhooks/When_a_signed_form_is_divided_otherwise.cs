using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Webhooks;

/// <summary>Twilio signs names and values without delimiters, so the signature of one form is also that of others.</summary>
public sealed class When_a_signed_form_is_divided_otherwise
{
    private const string Url = "/api/webhooks/twilio?secret=s3cr3t";
    private const string Sid = "SM0123456789abcdef0123456789abcdef";
    private const string OtherSid = "SM00000000000000000000000000000bad";
    private const string Account = "AC0123456789abcdef0123456789abcdef";
    private const string Media = $"https://api.twilio.com/2010-04-01/Accounts/{Account}/Messages/{Sid}/Media/ME";
    private const string OthersMedia = $"https://api.twilio.com/2010-04-01/Accounts/{Account}/Messages/{OtherSid}/Media/ME00000000000000000000000000000001";

    private static readonly AppSettings Settings = new()
    {
        TwilioAccountSid = Account,
        TwilioAuthToken = "token",
        WebhookSharedSecret = "s3cr3t",
        PublicBaseUrl = "https://pa.example.com",
        TwilioNumbers = "+14155238886",
    };

    private static readonly TwilioGuard Guard = new(
        new SharedSecret(Options.Create(Settings)), new TwilioRequestValidator(Options.Create(Settings)),
        new FormGrammar(new TwilioMediaOrigins(Options.Create(Settings))), Options.Create(Settings));

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Kinds => [.. Forms().Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_form_that_Twilio_sent_is_accepted(string kind) => Assert.Null(await RefusalAsync(Forms()[kind]));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task None_of_a_thousand_others_is_accepted_as_another_message(string kind)
    {
        var form = Forms()[kind];
        var signed = new SignedText(form, new Random(kind.Length));
        for (var i = 0; i < 1000; i++)
        {
            var divided = signed.Divide();
            var refusal = await RefusalAsync(divided);
            Assert.NotEqual("bad_signature", refusal);
            if (refusal is null)
                Assert.Equal(Identity(form), Identity(divided));
        }
    }

    [Fact]
    public async Task A_sender_cannot_write_as_another_number()
    {
        var sms = Sms("xFrom+15005550006FromA");
        var divided = new Dictionary<string, string>(sms) { ["Body"] = "x", ["From"] = "+15005550006", ["FromA"] = "From+447700900123" };

        Assert.Equal("ambiguous_form", await RefusalAsync(divided, sms));
    }

    [Fact]
    public async Task Words_cannot_become_another_message()
    {
        var words = $"xFromwhatsapp:+447700900123MessageSid{OtherSid}NumMedia0SmsMessageSid{OtherSid}SmsSid{OtherSid}Towhatsapp:+14155238886WaId447700900123Z";
        var form = WhatsApp(words);
        var divided = new Dictionary<string, string>
        {
            ["AccountSid"] = Account,
            ["ApiVersion"] = "2010-04-01",
            ["Body"] = "x",
            ["From"] = "whatsapp:+447700900123",
            ["MessageSid"] = OtherSid,
            ["NumMedia"] = "0",
            ["SmsMessageSid"] = OtherSid,
            ["SmsSid"] = OtherSid,
            ["To"] = "whatsapp:+14155238886",
            ["WaId"] = "447700900123",
        };
        divided["Z"] = Behind("Body", form);

        Assert.Null(await RefusalAsync(form));
        Assert.Equal("ambiguous_form", await RefusalAsync(divided, form));
    }

    [Theory]
    [InlineData("x", "", "x")]
    [InlineData("x", """{"a":1}""", """xChannelMetadata{"a":1}""")]
    public async Task Words_cannot_become_another_persons_id(string body, string metadata, string before)
    {
        var form = WhatsApp($"{before}ExternalUserIdUS.VICTIM1Fa");
        var divided = new Dictionary<string, string>(form) { ["Body"] = body, ["ExternalUserId"] = "US.VICTIM1", ["Fa"] = $"ChannelMetadata{form["ChannelMetadata"]}" };
        if (metadata.Length == 0)
            divided.Remove("ChannelMetadata");
        else
            divided["ChannelMetadata"] = metadata;

        Assert.Null(await RefusalAsync(form));
        Assert.Equal("ambiguous_form", await RefusalAsync(divided, form));
    }

    [Fact]
    public async Task WhatsApps_own_field_cannot_swallow_the_sender()
    {
        var form = Named("ChannelMetadata{", ("Label", "\":1}Fromwhatsapp:+15005550006LabelHome"));
        var metadata = form["ChannelMetadata"].Split("ChannelMetadata");
        var divided = new Dictionary<string, string>(form)
        {
            ["Body"] = $"buy milkChannelMetadata{metadata[0]}",
            ["ChannelMetadata"] = $"{metadata[1]}Fromwhatsapp:+447700900123Label\":1}}",
            ["From"] = "whatsapp:+15005550006",
            ["Label"] = "Home",
            ["Wa"] = "Id447700900123",
        };
        divided.Remove("WaId");

        Assert.Equal("ambiguous_form", await RefusalAsync(divided, form));
    }

    /// <summary>Nothing behind the sender says whose id it is, as WaId does of a number.</summary>
    [Fact]
    public async Task The_name_of_a_place_cannot_become_another_persons_id()
    {
        var form = WhatsApp("", ("Label", "Fromwhatsapp:US.VICTIM1LabelHome"));
        var divided = new Dictionary<string, string>(form) { ["Body"] = $"{Behind("Body", form).Split("LabelFrom")[0]}Label", ["From"] = "whatsapp:US.VICTIM1", ["Label"] = "Home" };
        divided.Remove("ChannelMetadata");

        Assert.Equal("ambiguous_form", await RefusalAsync(divided, form));
    }

    [Fact]
    public async Task Another_messages_attachment_cannot_be_smuggled_in()
    {
        var form = WhatsApp($"xFromwhatsapp:+447700900123MediaUrl0{OthersMedia}MessageA");
        var divided = new Dictionary<string, string>(form)
        {
            ["Body"] = "x",
            ["MediaUrl0"] = OthersMedia,
            ["MessageA"] = Behind("Body", form)[..^Behind("From", form).Length],
        };
        divided.Remove("ChannelMetadata");

        Assert.Equal("bad_media", await RefusalAsync(divided, form));
    }

    [Theory]
    [InlineData("+5215512345678", "525512345678")]
    [InlineData("+525512345678", "5215512345678")]
    [InlineData("+5491112345678", "541112345678")]
    [InlineData("+5511912345678", "551112345678")]
    [InlineData("+551112345678", "5511912345678")]
    public async Task Both_spellings_of_a_number_are_the_same_sender(string from, string id) =>
        Assert.Null(await RefusalAsync(WhatsApp("buy milk", ("From", $"whatsapp:{from}"), ("WaId", id))));

    [Theory]
    [InlineData("Unheard", "of")]
    [InlineData("ParentSid", "XX1")]
    [InlineData("Latitude", "rubbish")]
    public async Task An_odd_or_new_field_does_not_lose_a_message(string name, string value) =>
        Assert.Null(await RefusalAsync(WhatsApp("buy milk", (name, value))));

    [Theory]
    [InlineData("")]
    [InlineData("Fromage: x")]
    [InlineData("Fromage:500 To:+14155238886 NumMedia1")]
    [InlineData("From: +15005550006\r\nTo: you\n\n")]
    [InlineData("👩‍👧 Zoë 🧀\uFE0F")]
    [InlineData("\u202Eداليا\u202C \0")]
    [InlineData($"Fromwhatsapp:+15005550006MessageSid{OtherSid}ExternalUserIdUS.VICTIM1MediaUrl0{OthersMedia}ChannelMetadata{{")]
    [InlineData("a thousand", 1000)]
    public async Task A_person_may_have_any_name(string name, int length = 0)
    {
        name = name.PadRight(length, 'é');

        Assert.Null(await RefusalAsync(WhatsApp("buy milk", ("ProfileName", name))));
        Assert.Null(await RefusalAsync(WhatsApp("buy milk", ("ProfileName", name), ("ChannelMetadata", null))));
        Assert.Null(await RefusalAsync(WhatsApp("buy milk", ("ProfileName", name), ("ChannelMetadata", Metadata(name)), ("ExternalUserId", "GB.1234Abc9"))));
    }

    [Theory]
    [InlineData("Label", "Fromagerie: chez To")]
    [InlineData("Address", "5 Tower: 12 Fromentin")]
    [InlineData("ButtonText", "From: 9 to: 5")]
    public async Task Other_words_with_a_colon_are_words(string field, string value) => Assert.Null(await RefusalAsync(WhatsApp("", (field, value))));

    [Fact]
    public async Task A_form_without_the_old_ids_may_not_quote_one()
    {
        Assert.Null(await RefusalAsync(WhatsApp("buy milk", ("SmsSid", null), ("SmsMessageSid", null))));
        Assert.Equal("ambiguous_form", await RefusalAsync(WhatsApp($"MessageSid{OtherSid}", ("SmsSid", null), ("SmsMessageSid", null))));
    }

    private static Dictionary<string, Dictionary<string, string>> Forms() => new()
    {
        ["SMS"] = Sms("buy milk"),
        ["SMS with field names"] = Sms("From To Body MessageSid NumMedia1 FromCity"),
        ["SMS that claims a sender"] = Sms("xFrom+15005550006FromCityLONDONFromCountryGBZ"),
        ["WhatsApp"] = WhatsApp("buy milk"),
        ["WhatsApp with field names"] = WhatsApp("From To Body MessageSid NumMedia1 WaId"),
        ["WhatsApp that claims a message"] = WhatsApp($"xFromwhatsapp:+15005550006MessageSid{OtherSid}NumMedia0SmsMessageSid{OtherSid}SmsSid{OtherSid}Towhatsapp:+14155238886WaId15005550006Z"),
        ["WhatsApp that claims media"] = WhatsApp($"xFromwhatsapp:+447700900123MediaContentType0image/jpegMediaUrl0{OthersMedia}MessageSid{Sid}NumMedia1Z"),
        ["pictures"] = WhatsApp(
            "for the fridge", ("NumMedia", "2"), ("MessageType", "image"), ("MediaUrl0", $"{Media}00000000000000000000000000000001"), ("MediaContentType0", "image/jpeg"),
            ("MediaUrl1", $"{Media}00000000000000000000000000000002"), ("MediaContentType1", "image/png")),
        ["location"] = WhatsApp("", ("MessageType", "location"), ("Latitude", "51.5"), ("Longitude", "-0.1"), ("Address", "1 Body Lane"), ("Label", "From here To there")),
        ["WhatsApp with an id"] = WhatsApp("buy milk", ("ExternalUserId", "GB.1234Abc9")),
        ["WhatsApp that claims an id"] = WhatsApp("""xChannelMetadata{"a":1}ExternalUserIdUS.VICTIM1Fa"""),
        ["WhatsApp with a name that claims a message"] = Named($"xFromwhatsapp:+15005550006MessageSid{OtherSid}NumMedia0ProfileNameSmsMessageSid{OtherSid}SmsSid{OtherSid}Towhatsapp:+14155238886WaId15005550006Z"),
        ["WhatsApp with a name that claims an id"] = Named("""ChannelMetadata{}ExternalUserIdUS.VICTIM1Fromwhatsapp:+15005550006ProfileName"""),
        ["reply with a button"] = WhatsApp(
            "Done", ("MessageType", "button"), ("ButtonText", "Done"), ("ButtonPayload", "done"), ("Forwarded", "true"),
            ("OriginalRepliedMessageSid", OtherSid), ("OriginalRepliedMessageSender", "whatsapp:+14155238886")),
    };

    private static Dictionary<string, string> Named(string name, params (string, string?)[] change) =>
        WhatsApp("buy milk", [("ProfileName", name), ("ChannelMetadata", Metadata(name)), .. change]);

    /// <summary>WhatsApp's own field, of which the name is the last word.</summary>
    private static string Metadata(string name) => JsonSerializer.Serialize(
        new { type = "whatsapp", data = new { context = new { WaId = "447700900123", ProfileName = name } } }, Readable);

    private static Dictionary<string, string> Sms(string body) => new()
    {
        ["AccountSid"] = Account,
        ["ApiVersion"] = "2010-04-01",
        ["Body"] = body,
        ["From"] = "+447700900123",
        ["FromCity"] = "",
        ["FromCountry"] = "GB",
        ["FromState"] = "",
        ["FromZip"] = "",
        ["MessageSid"] = Sid,
        ["NumMedia"] = "0",
        ["NumSegments"] = "1",
        ["SmsMessageSid"] = Sid,
        ["SmsSid"] = Sid,
        ["SmsStatus"] = "received",
        ["To"] = "+14155238886",
        ["ToCity"] = "SAN FRANCISCO",
        ["ToCountry"] = "US",
        ["ToState"] = "CA",
        ["ToZip"] = "94104",
    };

    private static Dictionary<string, string> WhatsApp(string body, params (string Field, string? Value)[] change)
    {
        var form = new Dictionary<string, string>
        {
            ["AccountSid"] = Account,
            ["ApiVersion"] = "2010-04-01",
            ["Body"] = body,
            ["ChannelMetadata"] = """{"type":"whatsapp","data":{"context":{"ProfileName":"Zoë","WaId":"447700900123"}}}""",
            ["From"] = "whatsapp:+447700900123",
            ["MessageSid"] = Sid,
            ["MessageType"] = "text",
            ["NumMedia"] = "0",
            ["NumSegments"] = "1",
            ["ProfileName"] = "Zoë",
            ["ReferralNumMedia"] = "0",
            ["SmsMessageSid"] = Sid,
            ["SmsSid"] = Sid,
            ["SmsStatus"] = "received",
            ["To"] = "whatsapp:+14155238886",
            ["WaId"] = "447700900123",
        };
        foreach (var (field, value) in change)
        {
            if (value is null)
                form.Remove(field);
            else
                form[field] = value;
        }

        return form;
    }

    /// <summary>What is signed behind a field.</summary>
    private static string Behind(string name, Dictionary<string, string> form) => string.Concat(
        form.OrderBy(field => field.Key, StringComparer.Ordinal).Where(field => string.CompareOrdinal(field.Key, name) > 0).Select(field => field.Key + field.Value));

    private static (string, string, string, string?, string?, string) Identity(Dictionary<string, string> form) => (
        form["MessageSid"], form["From"], form["To"], form.GetValueOrDefault("NumMedia"), form.GetValueOrDefault("ExternalUserId"),
        string.Join(' ', form.Where(field => field.Key.StartsWith("MediaUrl", StringComparison.Ordinal)).OrderBy(field => field.Key).Select(field => field.Value)));

    /// <param name="signed">The form that was signed, where it is another.</param>
    /// <returns>The reason code; null where the form is accepted.</returns>
    private static async Task<string?> RefusalAsync(Dictionary<string, string> form, Dictionary<string, string>? signed = null)
    {
        using var content = new FormUrlEncodedContent(form);
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Path = Url.Split('?')[0];
        http.Request.QueryString = new QueryString("?" + Url.Split('?')[1]);
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Body = await content.ReadAsStreamAsync();
        http.Request.Headers["X-Twilio-Signature"] = TwilioRequestSigner.Sign(Settings.TwilioAuthToken, Settings.PublicBaseUrl + Url, signed ?? form);
        return (await Guard.VerifyAsync(http.Request, ["MessageSid", "From", "To"], TestContext.Current.CancellationToken)).Refusal?.Reason;
    }
}
