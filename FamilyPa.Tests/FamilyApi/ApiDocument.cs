using System.Text.Json;
using FamilyPa.Functions.OpenApi;

namespace FamilyPa.Tests.FamilyApi;

/// <summary>The OpenAPI document, and answers held to it: as much of JSON Schema as the document uses.</summary>
internal static class ApiDocument
{
    public static JsonElement Root { get; } = Read();

    public static JsonElement Operation(Route route) => Root.GetProperty("paths").GetProperty(route.Path).GetProperty(route.Method.ToLowerInvariant());

    public static JsonElement Resolve(JsonElement element) =>
        element.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(Root, (at, name) => at.GetProperty(name))
            : element;

    /// <summary>What of a JSON answer is not as its schema says.</summary>
    public static IReadOnlyList<string> Mistakes(JsonElement answer, string schema) =>
        [.. Compare(answer, Root.GetProperty("components").GetProperty("schemas").GetProperty(schema), schema)];

    private static IEnumerable<string> Compare(JsonElement value, JsonElement given, string at)
    {
        var schema = Resolve(given);
        if (schema.TryGetProperty("oneOf", out var choices))
            return choices.EnumerateArray().Any(choice => !Compare(value, choice, at).Any()) ? [] : [$"{at} is none of what it may be: {value}"];
        if (schema.TryGetProperty("enum", out var among) && !among.EnumerateArray().Any(one => one.GetString() == value.GetString()))
            return [$"{at} may not be {value}"];
        if (schema.TryGetProperty("type", out var type) && !IsOf(value, type))
            return [$"{at} is {value.ValueKind}"];
        return value.ValueKind switch
        {
            JsonValueKind.Object when schema.TryGetProperty("properties", out var properties) => Properties(value, schema, properties, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().SelectMany((item, i) => Compare(item, items, $"{at}[{i}]")),
            JsonValueKind.String when schema.TryGetProperty("format", out var format) => IsOf(value, format.GetString()!) ? [] : [$"{at} is no {format}: {value}"],
            _ => [],
        };
    }

    private static IEnumerable<string> Properties(JsonElement value, JsonElement schema, JsonElement properties, string at) =>
    [
        .. schema.GetProperty("required").EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{at}.{name} is missing"),
        .. value.EnumerateObject().SelectMany(property => properties.TryGetProperty(property.Name, out var known)
            ? Compare(property.Value, known, $"{at}.{property.Name}")
            : [$"{at}.{property.Name} is not described"]),
    ];

    private static bool IsOf(JsonElement value, JsonElement type) =>
        (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()]).Any(one => one switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => throw new InvalidOperationException($"The document names the type {one}."),
        });

    private static bool IsOf(JsonElement value, string format) => format switch
    {
        "uuid" => value.TryGetGuid(out _),
        "uri" => Uri.IsWellFormedUriString(value.GetString(), UriKind.Absolute),
        "date-time" => value.TryGetDateTimeOffset(out _),
        "date" => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _),
        _ => throw new InvalidOperationException($"The document names the format {format}."),
    };

    private static JsonElement Read()
    {
        using var resource = typeof(OpenApiFunction).Assembly.GetManifestResourceStream("openapi.json")!;
        return JsonSerializer.Deserialize<JsonElement>(resource);
    }
}
