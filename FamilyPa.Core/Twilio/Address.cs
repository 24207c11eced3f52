using System.Text.RegularExpressions;

namespace FamilyPa.Core.Twilio;

/// <summary>A sender or recipient in Twilio's notation: <c>+447700900123</c>, <c>whatsapp:+447700900123</c>, or <c>whatsapp:US.ABC123</c>.</summary>
public static partial class Address
{
    /// <summary>WhatsApp's customer service window of 24 hours after the member's last message, less a margin for delivery.</summary>
    public static readonly TimeSpan WhatsAppWindow = TimeSpan.FromHours(24) - TimeSpan.FromMinutes(5);

    /// <summary>The address without its channel: a phone number in E.164, or a business-scoped id.</summary>
    public static string WithoutChannel(string address) => address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();

    /// <summary>SMS has no prefix.</summary>
    public static bool IsSms(string address) => !address.Contains(':', StringComparison.Ordinal);

    /// <summary>An address for operators: its channel and last two characters.</summary>
    public static string? Mask(string? address) =>
        address is null ? null : $"{address[..(address.IndexOf(':', StringComparison.Ordinal) + 1)]}…{address[Math.Max(0, address.Length - 2)..]}";

    public static bool IsWhatsApp(string address) => address.StartsWith("whatsapp:", StringComparison.OrdinalIgnoreCase);

    public static bool IsExternalId(string address) => ExternalIdOf(address) is not null;

    /// <summary>A business-scoped user id of WhatsApp: a country, a period, and up to 128 characters (https://docs.360dialog.com/docs/resources/phone-numbers/usernames-and-bsuid).</summary>
    /// <returns>Null for anything else.</returns>
    public static string? ExternalIdOf(string? address) => address is not null && WithoutChannel(address) is var id && ExternalId().IsMatch(id) ? id : null;

    /// <summary>The same pattern as the database's check constraint.</summary>
    [GeneratedRegex(@"\A[A-Z]{2}\.[A-Za-z0-9.]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ExternalId();
}
