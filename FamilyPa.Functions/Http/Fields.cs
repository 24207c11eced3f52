using System.Globalization;
using System.Text.Json;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

/// <summary>
/// Reads typed values from a query string or an operator's JSON object, and collects validation errors. Unknown names are errors,
/// because a misspelt filter must not match everything.
/// </summary>
internal sealed class Fields(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    private const int LongestText = 100;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string[]> wrong = new(StringComparer.Ordinal);

    /// <remarks>Skips the parameters of the platform's function key.</remarks>
    public static Fields Of(IQueryCollection query) => new(query
        .Where(field => field.Key is not ("code" or "clientId"))
        .ToDictionary(field => field.Key, field => (IReadOnlyList<string>)[.. field.Value.Select(value => value ?? "")]));

    /// <summary>Values may be numbers and strings, or arrays of them.</summary>
    public static Fields Of(IReadOnlyDictionary<string, JsonElement> json) => new(json
        .Where(field => field.Value.ValueKind is not JsonValueKind.Null)
        .ToDictionary(
            field => field.Key,
            field => (IReadOnlyList<string>)(field.Value.ValueKind is JsonValueKind.Array
                ? [.. field.Value.EnumerateArray().Select(Written)]
                : [Written(field.Value)])));

    /// <summary>The errors by field, unknown fields included; null when there are none.</summary>
    public IDictionary<string, string[]>? Wrong()
    {
        foreach (var name in values.Keys.Where(name => !known.Contains(name)))
            wrong[name] = [$"unknown; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}"];
        return wrong.Count > 0 ? wrong : null;
    }

    /// <summary>Whether the fields read so far have errors.</summary>
    public bool IsWrong => wrong.Count > 0;

    public void Refuse(string name, string why) => wrong[name] = [why];

    public bool Has(string name) => Raw(name) is not null;

    public string? Text(string name) => Read(name, $"1 to {LongestText} characters", text => IsPlain(text) ? text : null);

    public string? Choice(string name, IReadOnlyList<string> among) => Read(name, OneOf(among), text => among.Contains(text) ? text : null);

    /// <summary>The parameter may be repeated, or contain commas.</summary>
    public IReadOnlyList<string>? Choices(string name, IReadOnlyList<string> among)
    {
        known.Add(name);
        if (!values.TryGetValue(name, out var given))
            return null;
        var all = given.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        if (all.Count > 0 && all.TrueForAll(among.Contains))
            return all;
        Refuse(name, OneOf(among));
        return null;
    }

    public Phase? Phase(string name) =>
        Choice(name, [.. Enum.GetValues<Phase>().Select(phase => phase.Name())]) is { } phase ? Phases.Parse(phase) : null;

    public Guid? Id(string name) => ReadValue(name, "a UUID", text => Guid.TryParse(text, out var id) ? id : (Guid?)null);

    public int? Number(string name, int least, int most) => ReadValue(
        name, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : (int?)null);

    public bool Flag(string name) => YesNo(name) ?? false;

    /// <summary>As <see cref="Flag"/>, but null when it is absent.</summary>
    public bool? YesNo(string name) => ReadValue(name, "true or false", text => bool.TryParse(text, out var flag) ? flag : (bool?)null);

    public decimal? Dollars(string name, double most) => ReadValue(
        name, string.Create(CultureInfo.InvariantCulture, $"dollars, from 0 to {most}"),
        text => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars) && dollars <= (decimal)most ? dollars : (decimal?)null);

    /// <summary>An ISO 8601 date or time, in UTC unless it has an offset.</summary>
    public DateTimeOffset? Time(string name) => ReadValue(
        name, "an ISO 8601 time, for example 2026-11-01T08:00:00Z",
        // An unescaped plus sign in a URL arrives as a space.
        text => DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : (DateTimeOffset?)null);

    public PageCursor? Cursor(string name) => Read(name, "the next_cursor of a response", PageCursor.TryParse);

    public T? Read<T>(string name, string expected, Func<string, T?> read)
        where T : class
    {
        if (Raw(name) is not { } text)
            return null;
        var value = read(text);
        if (value is null)
            Refuse(name, expected);
        return value;
    }

    private T? ReadValue<T>(string name, string expected, Func<string, T?> read)
        where T : struct
    {
        if (Raw(name) is not { } text)
            return null;
        var value = read(text);
        if (value is null)
            Refuse(name, expected);
        return value;
    }

    private string? Raw(string name)
    {
        known.Add(name);
        if (!values.TryGetValue(name, out var given))
            return null;
        if (given is [var only])
            return only;
        Refuse(name, "one value");
        return null;
    }

    /// <summary>An empty text, which no field accepts, for a string with an unpaired surrogate.</summary>
    private static string Written(JsonElement value)
    {
        try
        {
            return value.ToString();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static string OneOf(IReadOnlyList<string> among) => $"one of {string.Join(", ", among)}";

    private static bool IsPlain(string text) => text.Length is >= 1 and <= LongestText && !text.Any(char.IsControl);
}
