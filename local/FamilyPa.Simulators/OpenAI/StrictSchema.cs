using System.Text.Json;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Rejects a strict <c>json_schema</c> that Azure would reject, so that tests find mistakes in the app's schema.</summary>
/// <remarks>Rules: https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs.</remarks>
internal static class StrictSchema
{
    private const string FirstApiVersion = "2024-08-01-preview";

    private static readonly string[] Unsupported =
        ["minLength", "maxLength", "pattern", "format", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "oneOf", "allOf", "not"];

    /// <returns>The error, or null.</returns>
    public static string? Refuse(JsonElement request, string? apiVersion)
    {
        if (!request.TryGetProperty("response_format", out var format) || format.ValueKind != JsonValueKind.Object) return null;
        if (!format.TryGetProperty("type", out var type) || type.GetString() != "json_schema") return null;
        if (string.CompareOrdinal(apiVersion, FirstApiVersion) < 0)
            return $"response_format 'json_schema' needs api-version {FirstApiVersion} or later.";
        if (!format.TryGetProperty("json_schema", out var schema) || schema.ValueKind != JsonValueKind.Object) return "'json_schema' is missing.";
        if (!schema.TryGetProperty("name", out var name) || name.GetString() is not { Length: > 0 and <= 64 }) return "'json_schema.name' is missing.";
        if (!schema.TryGetProperty("strict", out var strict) || strict.ValueKind != JsonValueKind.True) return null;
        return schema.TryGetProperty("schema", out var root) ? Check(root, "root") : "'json_schema.schema' is missing.";
    }

    private static string? Check(JsonElement schema, string where)
    {
        if (schema.ValueKind != JsonValueKind.Object) return $"Invalid schema at {where}.";
        foreach (var keyword in Unsupported)
        {
            if (schema.TryGetProperty(keyword, out _)) return $"Invalid schema at {where}: '{keyword}' is not permitted.";
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            if (!schema.TryGetProperty("additionalProperties", out var more) || more.ValueKind != JsonValueKind.False)
                return $"Invalid schema at {where}: 'additionalProperties' must be given and be false.";
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(item => item.GetString()).ToHashSet() : [];
            foreach (var property in properties.EnumerateObject())
            {
                if (!required.Contains(property.Name)) return $"Invalid schema at {where}: 'required' must name every property; '{property.Name}' is missing.";
                if (Check(property.Value, $"{where}.{property.Name}") is { } problem) return problem;
            }
        }

        if (schema.TryGetProperty("items", out var items) && Check(items, $"{where}[]") is { } inItems) return inItems;
        return schema.TryGetProperty("anyOf", out var choices)
            ? choices.EnumerateArray().Select(choice => Check(choice, where)).FirstOrDefault(problem => problem is not null)
            : null;
    }
}
