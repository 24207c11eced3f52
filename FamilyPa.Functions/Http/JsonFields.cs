using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Http;

/// <summary>
/// The fields of a JSON object that a member sent: each is read as what it should be, and everything that is wrong is noted by field, names that
/// nobody asked for among it. Tells a field that is null from one that is not there.
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

    /// <summary>As it came.</summary>
    public byte[] Body { get; }

    /// <summary>By field; null when nothing is wrong, with the fields that were asked for and with those that were not.</summary>
    public IDictionary<string, string[]>? Wrong
    {
        get
        {
            foreach (var name in values.Keys.Where(name => !known.Contains(name)))
                wrong[Shown(name)] = [$"unknown; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}"];
            return wrong.Count > 0 ? wrong : null;
        }
    }

    /// <returns>The fields, or the answer to what is no JSON object, too large, or sent as something else.</returns>
    /// <remarks>A page of another site can make a browser send plain text with our cookie, but not JSON: the type is asked for.</remarks>
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
            // Said below; the second is a name that is no text (half a surrogate pair).
        }

        return (null, Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object."));
    }

    public void Refuse(string name, string why) => wrong[name] = [why];

    /// <summary>Whether the field is there at all, null included.</summary>
    public bool Has(string name)
    {
        known.Add(name);
        return values.ContainsKey(name);
    }

    /// <summary>A text without what surrounds it. Lengths are in characters as the database counts them.</summary>
    /// <param name="lines">Whether it may have more than one.</param>
    /// <returns>Null when it is not there, null, or wrong.</returns>
    public string? Text(string name, int longest, bool required = false, bool nullable = false, bool lines = false)
    {
        var expected = $"1 to {longest} characters";
        if (!TryGet(name, required, nullable, expected, out var value))
            return null;
        var text = TextOf(value)?.Trim();
        if (text is { Length: > 0 } && text.EnumerateRunes().Count() <= longest && !text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\t' or '\r')))
            return text;
        Refuse(name, expected);
        return null;
    }

    /// <returns>As above.</returns>
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

    /// <returns>As above.</returns>
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

    /// <returns>As above.</returns>
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

    /// <summary>Null when it is no text, or one that UTF-8 cannot hold.</summary>
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
