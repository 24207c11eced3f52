using System.Text.Json;

namespace FamilyPa.Cli.Output;

/// <summary>Reads JSON with missing properties, because the app may have another version.</summary>
internal static class JsonReading
{
    public static JsonElement Part(this JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var part) ? part : default;

    public static JsonElement.ArrayEnumerator List(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    public static string? Text(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } part ? part.ToString() : null;

    /// <returns>The text with its unit; null when it is missing.</returns>
    public static string? Text(this JsonElement element, string name, string unit) => element.Text(name) is { } text ? $"{text} {unit}" : null;

    public static long Number(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.Number } part && part.TryGetInt64(out var number) ? number : 0;

    public static bool Flag(this JsonElement element, string name) => element.Part(name).ValueKind is JsonValueKind.True;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.String } part && part.TryGetDateTimeOffset(out var time) ? time : null;

    public static string? Dollars(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.Number } amount ? FormattableString.Invariant($"${amount.GetDecimal():0.######}") : null;
}
