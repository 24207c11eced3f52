using FamilyPa.Core.Messages;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Notices;

/// <param name="To">The member, as Twilio names it.</param>
/// <param name="From">The number of ours that says it.</param>
public sealed record Channel(string To, string From);

/// <summary>How to reach a member who is told something unasked.</summary>
public sealed class Channels(IOptions<AppSettings> settings, TimeProvider clock)
{
    /// <summary>WhatsApp takes no free text from a business later than a day after the member's last words; a little less, for it has to get there.</summary>
    private static readonly TimeSpan WhatsAppWindow = TimeSpan.FromHours(24) - TimeSpan.FromMinutes(5);

    /// <param name="phone">In E.164.</param>
    /// <param name="lastFrom">The address the member last wrote from, and to which of ours (<paramref name="lastTo"/>).</param>
    /// <returns>The channel last written on; SMS where that was WhatsApp and too long ago, or nothing was ever written. Null: there is no number of ours for it.</returns>
    public Channel? Of(string phone, string? lastFrom, string? lastTo, DateTimeOffset? lastInboundAt)
    {
        if (lastFrom is not null && lastTo is not null && Address.IsWhatsApp(lastFrom) && lastInboundAt > clock.GetUtcNow() - WhatsAppWindow)
            return new Channel(lastFrom, lastTo);
        var ours = lastTo is null ? settings.Value.Numbers().Select(Address.WithoutChannel).FirstOrDefault() : Address.WithoutChannel(lastTo);
        return ours is null ? null : new Channel(phone, ours);
    }
}
