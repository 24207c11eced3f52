using System.Globalization;
using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>What our app's chat request asks: the last user message's JSON.</summary>
/// <param name="Now">The family's wall clock.</param>
/// <param name="Locale">Such as <c>en-GB</c>.</param>
/// <param name="Questions">What the sender was asked and may be answering.</param>
internal sealed record ExtractionInput(
    DateTime Now, string Locale, string? Sender, IReadOnlyList<string> Members, string Message, IReadOnlyList<AskedQuestion> Questions)
{
    /// <summary>WhatsApp's own limit. What is longer is cut, so that no input can take for ever.</summary>
    private const int MaxLength = 4_096;

    /// <summary>Anything that is not our JSON is taken as the message itself.</summary>
    public static ExtractionInput Read(string text, DateTimeOffset utcNow)
    {
        var plain = new ExtractionInput(utcNow.UtcDateTime, "en-GB", null, [], Clean(text), []);
        try
        {
            using var document = JsonDocument.Parse(text);
            var json = document.RootElement;
            return json.ValueKind != JsonValueKind.Object ? plain : new ExtractionInput(
                DateTime.TryParse(Text(json, "now"), CultureInfo.InvariantCulture, out var now) ? now : utcNow.UtcDateTime,
                Text(json, "locale") ?? "en-GB", Text(json, "sender"), [.. Names(json)], Clean(Text(json, "message") ?? ""),
                [.. AskedQuestion.Read(json)]);
        }
        catch (JsonException)
        {
            return plain;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Names(JsonElement json) =>
        json.TryGetProperty("members", out var members) && members.ValueKind == JsonValueKind.Array
            ? members.EnumerateArray().Where(member => member.ValueKind == JsonValueKind.String).Select(member => member.GetString()!.Trim()).Where(name => name.Length > 0)
            : [];

    // Phones type curly quotes and special spaces; the rules know the plain ones. The private-use signs stand for dates later on.
    private static string Clean(string text)
    {
        var cut = text.Length > MaxLength ? text[..MaxLength] : text;
        return string.Concat(cut.Select(character => character switch
        {
            '’' or '‘' or '´' or '`' => '\'',
            '\u00A0' or '\u202F' or '\t' => ' ',
            >= '\uE000' and <= '\uF8FF' => ' ',
            _ => character,
        }).Where(character => character is not ('\r' or '\u200B' or '\u200E' or '\u200F' or '\uFEFF'))).Trim();
    }
}
