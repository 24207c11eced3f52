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
    /// <summary>The number of the question that it answers; only ever written where questions were open.</summary>
    [JsonIgnore]
    public int? Answers { get; init; }

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

    /// <summary>Numbers of the questions whose task is not wanted any more; null where none were open.</summary>
    [JsonIgnore]
    public IReadOnlyList<int>? Withdrawn { get; init; }

    public string ToJson()
    {
        var json = JsonSerializer.SerializeToNode(this, Options)!;
        if (Withdrawn is not null)
        {
            json["withdrawn"] = JsonSerializer.SerializeToNode(Withdrawn);
            foreach (var (task, node) in Tasks.Zip(json["tasks"]!.AsArray())) node!["answers"] = task.Answers;
        }

        return json.ToJsonString(Options);
    }
}
