using System.Globalization;
using System.Text.Json;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The form fields of an incoming message, as each channel sends them.</summary>
/// <remarks>Fields: https://www.twilio.com/docs/messaging/guides/webhook-request.</remarks>
internal static class WebhookForm
{
    public static Dictionary<string, string> Of(TwilioMessage message, InboundMessage inbound, string accountSid, string baseUrl)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SmsMessageSid"] = message.Sid,
            ["NumMedia"] = Text(message.Media.Count),
            ["SmsSid"] = message.Sid,
            ["SmsStatus"] = "received",
            ["Body"] = message.Body,
            ["To"] = message.To,
            ["NumSegments"] = Text(MessageJson.Segments(message.Body)),
            ["MessageSid"] = message.Sid,
            ["AccountSid"] = accountSid,
            ["From"] = message.From,
            ["ApiVersion"] = "2010-04-01",
        };
        if (MessageRules.IsWhatsApp(message.From)) AddWhatsApp(form, message, inbound);
        else AddGeography(form);
        foreach (var (index, media) in message.Media.Index())
        {
            form[$"MediaContentType{index}"] = media.ContentType;
            form[$"MediaUrl{index}"] = $"{baseUrl}/2010-04-01/Accounts/{accountSid}/Messages/{message.Sid}/Media/{media.Sid}";
        }

        foreach (var (name, value) in inbound.Fields)
        {
            if (value is null) form.Remove(name);
            else form[name] = value;
        }

        return form;
    }

    private static void AddWhatsApp(Dictionary<string, string> form, TwilioMessage message, InboundMessage inbound)
    {
        var id = message.From["whatsapp:".Length..].TrimStart('+');
        var name = inbound.ProfileName ?? "";
        form["ProfileName"] = name;
        form["WaId"] = id;
        form["MessageType"] = inbound.MessageType ?? (message.Media is [var media, ..] ? TypeOf(media.ContentType) : "text");
        form["ReferralNumMedia"] = "0";
        form["ChannelMetadata"] = JsonSerializer.Serialize(new { type = "whatsapp", data = new { context = new { ProfileName = name, WaId = id } } });
    }

    // SMS only: where the two numbers are registered. Empty is common outside North America.
    private static void AddGeography(Dictionary<string, string> form)
    {
        foreach (var side in (string[])["From", "To"])
        {
            form[side + "City"] = form[side + "State"] = form[side + "Zip"] = "";
            form[side + "Country"] = form[side].StartsWith("+1", StringComparison.Ordinal) ? "US" : "GB";
        }
    }

    private static string TypeOf(string contentType) => contentType.Split('/')[0] is ("audio" or "image" or "video") and var type ? type : "document";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
