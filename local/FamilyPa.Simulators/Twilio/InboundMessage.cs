namespace FamilyPa.Simulators.Twilio;

/// <summary>What a family member sends. Everything but the sender has a default.</summary>
public record InboundMessage
{
    /// <summary><c>whatsapp:+447700900123</c>, <c>+447700900123</c>, or a business-scoped id such as <c>whatsapp:GB.ABC123</c>.</summary>
    public required string From { get; init; }

    /// <summary>Null: the account's first sender on the same channel.</summary>
    public string? To { get; init; }

    public string Body { get; init; } = "";

    public string? ProfileName { get; init; }

    /// <summary>Null: a new one, <c>MM…</c> with media and <c>SM…</c> without.</summary>
    public string? MessageSid { get; init; }

    /// <summary>WhatsApp's <c>MessageType</c>; null: taken from the media.</summary>
    public string? MessageType { get; init; }

    public IReadOnlyList<InboundMedia> Media { get; init; } = [];

    /// <summary>Further or replaced fields (<c>ButtonPayload</c>, <c>Latitude</c>, <c>OptOutType</c>…). A null value removes a field.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    /// <summary>When Twilio received it; null: now. An older time makes a message that the reconciler has to find.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>An attachment; in JSON the content is Base64.</summary>
public sealed record InboundMedia(string ContentType, byte[] Content);

/// <summary>A webhook ready to be sent, so that a test can change, withhold or repeat it.</summary>
/// <param name="Url">Where it goes, without the fragment.</param>
/// <param name="IdempotencyToken">The same on every retry of this message.</param>
public sealed record TwilioWebhook(
    string MessageSid, string Url, IReadOnlyDictionary<string, string> Form, string Signature, string IdempotencyToken);

/// <summary>How a webhook was answered.</summary>
/// <param name="Status">Null if no answer came.</param>
/// <param name="Attempts">Twilio's own retries included.</param>
public sealed record WebhookDelivery(string MessageSid, int? Status, string? ContentType, string? Body, int Attempts, TimeSpan Elapsed)
{
    /// <summary>False is what Twilio's console shows as error 11200.</summary>
    public bool Accepted => Status is >= 200 and < 300;
}
