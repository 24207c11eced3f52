using System.Text.RegularExpressions;

namespace FamilyPa.Core.Twilio;

/// <summary>Twilio's message ids: SM… or MM…, 32 hexadecimal digits after it today; read leniently, for the format is theirs to change.</summary>
public static partial class MessageSids
{
    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text);

    [GeneratedRegex(@"\A(?:SM|MM)[0-9A-Za-z_-]{1,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
