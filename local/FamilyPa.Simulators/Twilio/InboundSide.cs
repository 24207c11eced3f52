using System.Collections.Concurrent;
using System.Xml;
using System.Xml.Linq;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The family's side: makes messages, remembers them, posts them to the app's webhook and carries out its TwiML.</summary>
internal sealed class InboundSide(MessageStore store, TwilioSimulatorOptions options, HttpClient http, Func<string> baseUrl)
{
    private readonly ConcurrentDictionary<string, TwilioWebhook> built = new(StringComparer.Ordinal);

    public string? WebhookUrl { get; set; } = options.WebhookUrl;

    /// <summary>Adds the message to the API's list without posting a webhook.</summary>
    public TwilioMessage Remember(InboundMessage inbound)
    {
        var media = inbound.Media.Select(item => new TwilioMedia(TwilioMessage.NewSid("ME"), item.ContentType, item.Content)).ToList();
        var at = inbound.At ?? DateTimeOffset.UtcNow;
        var sid = inbound.MessageSid ?? TwilioMessage.NewSid(media.Count > 0 ? "MM" : "SM");
        var message = new TwilioMessage(sid, "inbound", inbound.From, inbound.To ?? OurNumberFor(inbound.From), inbound.Body, "received", at)
        {
            SentAt = at,
            Media = media,
        };
        if (!store.Add(message)) throw new InvalidOperationException($"Message {sid} exists already; redeliver it instead.");
        return message;
    }

    /// <summary>Adds the message and builds its webhook without posting it.</summary>
    public TwilioWebhook Build(InboundMessage inbound)
    {
        var message = Remember(inbound);
        var form = WebhookForm.Of(message, inbound, options.AccountSid, baseUrl());
        var webhook = new TwilioWebhook(message.Sid, Url, form, TwilioSignature.Sign(options.AuthToken, SignedUrl, form), Guid.NewGuid().ToString());
        return built[message.Sid] = webhook;
    }

    /// <summary>Posts a webhook again or for the first time, with its own idempotency token.</summary>
    public async Task<WebhookDelivery> DeliverAsync(string messageSid, CancellationToken cancellation)
    {
        if (!built.TryGetValue(messageSid, out var webhook)) throw new InvalidOperationException($"There is no webhook for {messageSid}.");
        var delivery = await WebhookPost.SendAsync(http, Url, SignedUrl, webhook.Form, webhook.IdempotencyToken, options, cancellation);
        if (delivery.Accepted) CarryOut(delivery.Body, webhook);
        return delivery;
    }

    public void Clear() => built.Clear();

    private string Url => WebhookUrl ?? throw new InvalidOperationException("No webhook URL is set.");

    private string SignedUrl => options.PublicWebhookUrl ?? Url;

    // <Message> in the answer is a reply that Twilio sends at once.
    private void CarryOut(string? twiml, TwilioWebhook webhook)
    {
        try
        {
            foreach (var reply in XDocument.Parse(twiml ?? "").Root?.Elements("Message") ?? [])
            {
                store.Add(new TwilioMessage(
                    TwilioMessage.NewSid("SM"), "outbound-reply", webhook.Form["To"], webhook.Form["From"],
                    (reply.Element("Body")?.Value ?? reply.Value).Trim(), "sent", DateTimeOffset.UtcNow)
                { SentAt = DateTimeOffset.UtcNow });
            }
        }
        catch (XmlException)
        {
            // Twilio logs error 12100 and goes on.
        }
    }

    private string OurNumberFor(string from) =>
        options.Numbers.FirstOrDefault(number => MessageRules.IsWhatsApp(number) == MessageRules.IsWhatsApp(from))
            ?? (MessageRules.IsWhatsApp(from) ? "whatsapp:+14155238886" : "+14155238886");
}
