using FamilyPa.Simulators.Twilio;
using Twilio.Security;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_a_family_member_writes : IAsyncLifetime
{
    private TwilioAccount twilio = null!;
    private WebhookReceiver app = null!;

    public async ValueTask InitializeAsync()
    {
        app = await WebhookReceiver.StartAsync();
        twilio = await TwilioAccount.OpenAsync(new TwilioSimulatorOptions { WebhookUrl = app.Url });
    }

    public async ValueTask DisposeAsync()
    {
        await twilio.DisposeAsync();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_WhatsApp_text_brings_all_of_its_fields_signed()
    {
        var delivery = await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Body = "Buy milk 🥛 & bread", ProfileName = "Zoë" });

        Assert.Equal((200, "text/xml", true), (delivery.Status, delivery.ContentType, delivery.Accepted));
        var got = Assert.Single(app.Got);
        Assert.True(new RequestValidator(twilio.Options.AuthToken).Validate(got.Url, got.Form.ToDictionary(), got.Signature));
        Assert.NotEmpty(got.IdempotencyToken);
        Assert.Equal(
            ["AccountSid", "ApiVersion", "Body", "ChannelMetadata", "From", "MessageSid", "MessageType", "NumMedia", "NumSegments",
                "ProfileName", "ReferralNumMedia", "SmsMessageSid", "SmsSid", "SmsStatus", "To", "WaId"],
            got.Form.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ("Buy milk 🥛 & bread", TwilioAccount.Ours, "447700900123", "text", "received", delivery.MessageSid),
            (got.Form["Body"], got.Form["To"], got.Form["WaId"], got.Form["MessageType"], got.Form["SmsStatus"], got.Form["MessageSid"]));
    }

    [Fact]
    public async Task A_voice_note_brings_where_to_fetch_it()
    {
        await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Media = [new("audio/ogg", [1, 2, 3])] });

        var form = Assert.Single(app.Got).Form;
        Assert.Equal(("1", "audio", "audio/ogg"), (form["NumMedia"], form["MessageType"], form["MediaContentType0"]));
        Assert.StartsWith("MM", form["MessageSid"], StringComparison.Ordinal);
        Assert.StartsWith($"{twilio.Simulator.BaseUrl}/2010-04-01/Accounts/{twilio.Options.AccountSid}/Messages/{form["MessageSid"]}/Media/ME", form["MediaUrl0"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_SMS_brings_its_geography_instead_of_a_profile()
    {
        await SendAsync(new InboundMessage { From = "+447700900123", Body = "hi" });

        var form = Assert.Single(app.Got).Form;
        Assert.Equal(("GB", "US"), (form["FromCountry"], form["ToCountry"]));
        Assert.DoesNotContain("WaId", form.Keys);
    }

    [Fact]
    public async Task Redelivery_repeats_the_form_and_its_token()
    {
        var delivery = await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Body = "hi" });

        await twilio.Simulator.RedeliverAsync(delivery.MessageSid, TestContext.Current.CancellationToken);

        Assert.Equal(2, app.Got.Count);
        Assert.Single(app.Got.Select(got => (got.IdempotencyToken, got.Form["MessageSid"], got.Signature)).Distinct());
        Assert.Single(twilio.Simulator.Received);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("#rc=3&rp=5xx,ct,rt", 3)]
    [InlineData("#rc=1&rp=5xx", 2)]
    [InlineData("#rc=3&rp=4xx", 1)]
    public async Task A_server_error_is_tried_again_only_as_the_fragment_says(string fragment, int attempts)
    {
        app.Answers.Clear();
        app.Answers.Enqueue((500, ""));
        app.Answers.Enqueue((503, ""));
        app.Answers.Enqueue((200, "<Response/>"));
        twilio.Simulator.WebhookUrl = app.Url + fragment;

        var delivery = await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Body = "hi" });

        Assert.Equal(attempts, delivery.Attempts);
        Assert.Single(app.Got.Select(got => got.IdempotencyToken).Distinct());
        Assert.All(app.Got, got => Assert.True(new RequestValidator(twilio.Options.AuthToken).Validate(got.Url, got.Form.ToDictionary(), got.Signature)));
    }

    [Fact]
    public async Task A_connection_that_fails_is_tried_once_more()
    {
        twilio.Simulator.WebhookUrl = "http://127.0.0.1:9/hook";

        var delivery = await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Body = "hi" });

        Assert.Equal((null, 2, false), (delivery.Status, delivery.Attempts, delivery.Accepted));
    }

    [Fact]
    public async Task A_message_in_the_answer_is_sent_as_a_reply()
    {
        app.Answers.Clear();
        app.Answers.Enqueue((200, "<Response><Message>Hello!</Message></Response>"));

        await SendAsync(new InboundMessage { From = TwilioAccount.Anns, Body = "hi" });

        var reply = Assert.Single(twilio.Simulator.Sent);
        Assert.Equal(("outbound-reply", TwilioAccount.Anns, "Hello!"), (reply.Direction, reply.To, reply.Body));
    }

    [Fact]
    public async Task What_is_only_remembered_is_listed_but_never_delivered()
    {
        var message = twilio.Simulator.RememberInbound(new InboundMessage { From = TwilioAccount.Anns, Body = "lost" });

        Assert.Empty(app.Got);
        Assert.Equal(message.Sid, (await twilio.GetAsync(twilio.Messages)).GetProperty("messages")[0].GetProperty("sid").GetString());
    }

    private Task<WebhookDelivery> SendAsync(InboundMessage message) => twilio.Simulator.SendInboundAsync(message, TestContext.Current.CancellationToken);
}
