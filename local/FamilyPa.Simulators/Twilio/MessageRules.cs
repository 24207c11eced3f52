using System.Text.RegularExpressions;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Twilio;

/// <summary>What Twilio checks before it takes a message, in its order and with its codes.</summary>
internal static partial class MessageRules
{
    /// <summary>Twilio refuses a body longer than this.</summary>
    private const int MaxBodyLength = 1600;

    /// <returns>The refusal, or null.</returns>
    public static Answer? Refuse(IReadOnlyDictionary<string, string> form, TwilioSimulatorOptions options)
    {
        var (to, from) = (Field(form, "To"), Field(form, "From"));
        if (to is null) return Bad(21604, "A 'To' phone number is required.");
        if (!Address().IsMatch(to)) return Bad(21211, $"The 'To' number {to} is not a valid phone number.");
        if (from is null) return Bad(21603, "A 'From' phone number is required.");
        if (!Address().IsMatch(from)) return Bad(21212, $"The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.");
        if (IsWhatsApp(from) != IsWhatsApp(to)) return Bad(21910, "Invalid From and To pair. From and To should be of the same channel");
        if (options.Numbers.Count > 0 && !options.Numbers.Contains(from))
        {
            return IsWhatsApp(from)
                ? Bad(63007, "Twilio could not find a Channel with the specified From address")
                : Bad(21606, $"The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination.");
        }

        if (Field(form, "Body") is null && Field(form, "ContentSid") is null && Field(form, "MediaUrl") is null)
            return Bad(21602, "Message body is required.");
        if (form.GetValueOrDefault("Body", "").Length > MaxBodyLength)
            return Bad(21617, $"The concatenated message body exceeds the {MaxBodyLength} character limit.");
        return Field(form, "StatusCallback") is { } callback && !Uri.TryCreate(callback, UriKind.Absolute, out _)
            ? Bad(21609, $"The 'StatusCallback' URL {callback} is not a valid URL.")
            : null;
    }

    public static bool IsWhatsApp(string address) => address.StartsWith("whatsapp:", StringComparison.Ordinal);

    public static string? Field(IReadOnlyDictionary<string, string> form, string name) =>
        form.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static Answer Bad(int code, string message) => TwilioErrors.Of(400, code, message);

    // E.164 with or without a channel, a WhatsApp business-scoped id, or a short code.
    [GeneratedRegex(@"^(whatsapp:)?(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]+|\d{5,6})$")]
    private static partial Regex Address();
}
