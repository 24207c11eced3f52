using System.Text.Json;
using FamilyPa.Core.OpenAI;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Http;

/// <summary>
/// Reads typed values from a member's JSON object, and collects validation errors by field. Unknown names are errors.
/// Distinguishes null from absent.
/// </summary>
internal sealed class JsonFields
{
    private const int LargestBody = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly Dictionary<string, JsonElement> values;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string[]> wrong = new(StringComparer.Ordinal);

    private JsonFields(byte[] body, JsonElement root)
    {
        Body = body;
        values = root.EnumerateObject().ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
    }

    /// <summary>The unparsed body.</summary>
    public byte[] Body { get; }

    /// <summary>The errors by field, unknown fields included; null when there are none.</summary>
    public IDictionary<string, string[]>? Wrong
    {
        get
        {
            foreach (var name in values.Keys.Where(name => !known.Contains(name)))
                wrong[Shown(name)] = [$"unknown; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}"];
            return wrong.Count > 0 ? wrong : null;
        }
    }

    /// <returns>The fields, or the error response when the body is too large or not a JSON object.</returns>
    /// <remarks>Requires the content type application/json: a page of another site cannot make a browser send it with the cookie.</remarks>
    public static async Task<(JsonFields? Fields, IResult? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return (null, Problem.Of(http, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send application/json."));
        if (await Http.Body.ReadAsync(request, LargestBody, cancellation) is not { } body)
            return (null, Problem.Of(http, StatusCodes.Status413PayloadTooLarge, "payload_too_large", $"Send at most {LargestBody / 1024} KiB."));
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (new JsonFields(body, document.RootElement.Clone()), null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Reported below. InvalidOperationException means a name with an unpaired surrogate.
        }

        return (null, Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object."));
    }

    public void Refuse(string name, string why) => wrong[name] = [why];

    /// <summary>Whether the field is present, even if null.</summary>
    public bool Has(string name)
    {
        known.Add(name);
        return values.ContainsKey(name);
    }

    /// <summary>The trimmed text without invisible characters. Its length counts code points, as PostgreSQL does.</summary>
    /// <param name="lines">Whether line breaks and tabs are allowed.</param>
    /// <returns>Null when the field is absent, null or invalid.</returns>
    public string? Text(string name, int longest, bool required = false, bool nullable = false, bool lines = false)
    {
        var expected = $"1 to {longest} characters";
        if (!TryGet(name, required, nullable, expected, out var value))
            return null;
        var text = TextOf(value)?.Trim();
        if (text is not null && text.EnumerateRunes().Count() <= longest && Clean(text, lines) is { } shown)
            return shown;
        Refuse(name, expected);
        return null;
    }

    /// <returns>Null when the field is absent, null or invalid.</returns>
    public string? Choice(string name, IReadOnlyList<string> among, bool required = false)
    {
        var expected = $"one of {string.Join(", ", among)}";
        if (!TryGet(name, required, nullable: false, expected, out var value))
            return null;
        if (TextOf(value) is { } text && among.Contains(text))
            return text;
        Refuse(name, expected);
        return null;
    }

    /// <summary>The trimmed text without invisible characters; null when nothing is left of it, or it has control characters.</summary>
    private static string? Clean(string text, bool lines = false) =>
        !text.Trim().Any(c => char.IsControl(c) && !(lines && c is '\n' or '\t' or '\r')) && ModelText.Visible(text).Trim() is { Length: > 0 } shown ? shown : null;

    /// <summary>A list of trimmed texts, each once.</summary>
    /// <returns>Null when the field is absent, null or invalid.</returns>
    public string[]? Texts(string name, int most, int longest)
    {
        var expected = $"at most {most} texts of 1 to {longest} characters";
        if (!TryGet(name, required: false, nullable: false, expected, out var value))
            return null;
        string?[] texts = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(most + 1).Select(item => TextOf(item) is { } text ? Clean(text) : null).Distinct()] : [null];
        if (texts.Length <= most && texts.All(text => text?.EnumerateRunes().Count() <= longest))
            return texts!;
        Refuse(name, expected);
        return null;
    }

    /// <returns>Null when the field is absent, null or invalid.</returns>
    public Guid? Id(string name, bool nullable = false)
    {
        const string Expected = "a UUID";
        if (!TryGet(name, required: false, nullable, Expected, out var value))
            return null;
        if (Guid.TryParseExact(TextOf(value), "D", out var id))
            return id;
        Refuse(name, Expected);
        return null;
    }

    /// <summary>A list of ids, each once.</summary>
    /// <returns>Null when the field is absent, null or invalid.</returns>
    public Guid[]? Ids(string name, int most)
    {
        var expected = $"at most {most} UUIDs";
        if (!TryGet(name, required: false, nullable: false, expected, out var value))
            return null;
        Guid?[] ids = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Take(most + 1).Select(item => Guid.TryParseExact(TextOf(item), "D", out var id) ? id : (Guid?)null).Distinct()]
            : [null];
        if (ids.Length <= most && ids.All(id => id is not null))
            return [.. ids.Select(id => id!.Value)];
        Refuse(name, expected);
        return null;
    }

    /// <returns>Null when the field is absent, null or invalid.</returns>
    public bool? Flag(string name, string expected)
    {
        if (!TryGet(name, required: false, nullable: false, expected, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse(name, expected);
        return null;
    }

    private bool TryGet(string name, bool required, bool nullable, string expected, out JsonElement value)
    {
        known.Add(name);
        if (!values.TryGetValue(name, out value))
        {
            if (required)
                Refuse(name, $"missing: {expected}");
            return false;
        }

        if (value.ValueKind != JsonValueKind.Null)
            return true;
        if (!nullable)
            Refuse(name, expected);
        return false;
    }

    /// <summary>Null when the value is not a string, or has an unpaired surrogate.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "…";
}
