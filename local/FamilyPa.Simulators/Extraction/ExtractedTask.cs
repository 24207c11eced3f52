using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FamilyPa.Simulators.Extraction;

/// <param name="DueAt">Local: <c>yyyy-MM-dd</c> where no time was said, else <c>yyyy-MM-ddTHH:mm</c>.</param>
/// <param name="Category">shopping, household, school, health, appointments, errands, family, work, finance or other.</param>
internal sealed record ExtractedTask(
    [property: JsonPropertyOrder(0)] string Title, [property: JsonPropertyOrder(1)] string? Notes, [property: JsonPropertyOrder(2)] string? DueAt,
    [property: JsonPropertyOrder(3)] string? Assignee, [property: JsonPropertyOrder(4)] string Category, [property: JsonPropertyOrder(5)] double Confidence)
{
    public static string? Due(DateOnly? date, TimeOnly? time) => (date, time) switch
    {
        (null, _) => null,
        ({ } day, null) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ({ } day, { } hour) => day.ToDateTime(hour).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture),
    };
}

/// <summary>The whole answer, as the model's message content.</summary>
internal sealed record ExtractionAnswer(IReadOnlyList<ExtractedTask> Tasks, string? ClarifyingQuestion, string Language)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
