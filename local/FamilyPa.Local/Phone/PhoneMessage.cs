using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Local.Phone;

/// <param name="Mine">Whether the member sent it; otherwise it is a reply.</param>
internal sealed record PhoneMessage(string Sid, bool Mine, string Body, DateTimeOffset At, string Status, int? ErrorCode, IReadOnlyList<PhoneMedia> Media)
{
    public static PhoneMessage Of(TwilioMessage message) => new(
        message.Sid, message.IsInbound, message.Body, message.At, message.Status, message.ErrorCode,
        [.. message.Media.Select((media, index) => new PhoneMedia(media.ContentType, $"/phone/media/{message.Sid}/{index}"))]);
}

internal sealed record PhoneMedia(string ContentType, string Url);

/// <summary>The webhook's response to a message.</summary>
/// <param name="Hint">A hint for the developer about the expected result.</param>
internal sealed record PhoneDelivery(string MessageSid, bool Accepted, int? Status, long Milliseconds, string? Hint);
