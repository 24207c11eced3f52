using System.Text.Json;

namespace FamilyPa.Core.Transcription;

/// <summary>What the service answered (<c>response_format=json</c>).</summary>
/// <param name="Language">ISO 639-1; null where the model did not tell one, or more than one.</param>
/// <param name="Seconds">What it charges for, where it charges by length.</param>
/// <param name="Tokens">What it charges for, where it charges by tokens.</param>
internal sealed record TranscriptionAnswer(string Text, string? Language, double? Seconds, TranscriptionTokens? Tokens)
{
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static TranscriptionAnswer Read(BinaryData json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text", out var text) || text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new JsonException("No text.");
        var usage = root.TryGetProperty("usage", out var used) && used.ValueKind == JsonValueKind.Object ? used : default;
        return new TranscriptionAnswer((text.GetString() ?? "").Trim(), LanguageOf(root), SecondsOf(usage), TokensOf(usage));
    }

    private static string? LanguageOf(JsonElement root)
    {
        if (!root.TryGetProperty("languages", out var languages) || languages.ValueKind != JsonValueKind.Array || languages.GetArrayLength() != 1)
            return null;
        var only = languages[0];
        var code = only.ValueKind == JsonValueKind.Object && only.TryGetProperty("code", out var named) ? named : only;
        return code.ValueKind == JsonValueKind.String && code.GetString() is { Length: > 0 } text ? text.Split('-')[0].ToLowerInvariant() : null;
    }

    private static double? SecondsOf(JsonElement usage) =>
        usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty("seconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number
        && seconds.GetDouble() is var length && double.IsFinite(length) && length >= 0
            ? length
            : null;

    private static TranscriptionTokens? TokensOf(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object || !usage.TryGetProperty("input_tokens", out _))
            return null;
        var input = Count(usage, "input_tokens");
        var details = usage.TryGetProperty("input_token_details", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        // Without details all of it is sound, which is the dearer.
        var text = details.ValueKind == JsonValueKind.Object ? Math.Min(input, Count(details, "text_tokens")) : 0;
        return new TranscriptionTokens(input - text, text, Count(usage, "output_tokens"));
    }

    private static int Count(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? Math.Max(0, count) : 0;
}

internal sealed record TranscriptionTokens(int Audio, int Text, int Output);
