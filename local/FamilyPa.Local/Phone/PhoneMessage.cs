using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Local.Phone;

/// <summary>A message as the phone shows it.</summary>
/// <param name="Mine">Written on this phone; otherwise a reply to it.</param>
internal sealed record PhoneMessage(string Sid, bool Mine, string Body, DateTimeOffset At, string Status, int? ErrorCode, IReadOnlyList<PhoneMedia> Media)
{
    public static PhoneMessage Of(TwilioMessage message) => new(
        message.Sid, message.IsInbound, message.Body, message.At, message.Status, message.ErrorCode,
        [.. message.Media.Select((media, index) => new PhoneMedia(media.ContentType, $"/phone/media/{message.Sid}/{index}"))]);
}

internal sealed record PhoneMedia(string ContentType, string Url);

/// <summary>How the webhook took a message.</summary>
/// <param name="Hint">What the developer should know of what will come of it.</param>
internal sealed record PhoneDelivery(string MessageSid, bool Accepted, int? Status, long Milliseconds, string? Hint);

internal sealed record PhoneProblem(string Message);
