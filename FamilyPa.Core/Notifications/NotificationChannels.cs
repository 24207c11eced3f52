using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Notifications;

/// <param name="To">The member, as Twilio names it.</param>
/// <param name="From">The number of ours that says it; null where none is known.</param>
public sealed record Channel(string To, string? From);

/// <summary>How to reach a member with a message that is not a reply.</summary>
public sealed class NotificationChannels(IOptions<AppSettings> settings, TimeProvider clock)
{
    /// <summary>The argument of <c>our_number</c>; null if <c>TWILIO_NUMBERS</c> is empty.</summary>
    public string? Configured => settings.Value.Numbers() is [var first, ..] ? first : null;

    /// <param name="phone">In E.164.</param>
    /// <param name="lastFrom">The address the member last wrote from; null where that never was.</param>
    /// <param name="ours">To which of ours; where the member never wrote, <c>our_number</c>.</param>
    /// <returns>The channel last written on; SMS where that was WhatsApp and too long ago, or nothing was ever written.</returns>
    public Channel Of(string phone, string? lastFrom, string? ours, DateTimeOffset? lastInboundAt) =>
        lastFrom is not null && Address.IsWhatsApp(lastFrom) && lastInboundAt > clock.GetUtcNow() - Address.WhatsAppWindow
            ? new Channel(lastFrom, ours)
            : new Channel(phone, ours is null ? null : Address.WithoutChannel(ours));
}
