namespace FamilyPa.Core.Twilio;

/// <summary>A sender or recipient in Twilio's notation: <c>+447700900123</c>, <c>whatsapp:+447700900123</c>, or <c>whatsapp:US.ABC123</c>.</summary>
public static class Address
{
    /// <summary>WhatsApp's customer service window of 24 hours after the member's last message, less a margin for delivery.</summary>
    public static readonly TimeSpan WhatsAppWindow = TimeSpan.FromHours(24) - TimeSpan.FromMinutes(5);

    /// <summary>The address without its channel: a phone number in E.164, or a business-scoped id.</summary>
    public static string WithoutChannel(string address) => address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();

    public static bool IsWhatsApp(string address) => address.StartsWith("whatsapp:", StringComparison.OrdinalIgnoreCase);
}
