using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FamilyPa.Simulators.Extraction;

/// <param name="DueAt">Local: <c>yyyy-MM-dd</c>, or <c>yyyy-MM-ddTHH:mm</c> with a time of day.</param>
/// <param name="Confidence">0 to 1.</param>
internal sealed record ExtractedTask(
    string Title, string? Notes = null, string? DueAt = null, string? Category = null, double Confidence = 0)
{
    /// <summary>A rule of RFC 5545.</summary>
    public string? Recurrence { get; init; }

    /// <summary>Members' names.</summary>
    public IReadOnlyList<string> Assignees { get; init; } = [];

    /// <summary>The number of the question that this task answers.</summary>
    [JsonIgnore]
    public int? Answers { get; init; }
}

/// <summary>The model's answer. It follows the schema in <c>FamilyPa.Core/Extraction/ExtractionSchema.cs</c>.</summary>
internal sealed record ExtractionAnswer(IReadOnlyList<ExtractedTask> Tasks, string? ClarifyingQuestion, string Language)
{
    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The numbers of the questions whose task the sender no longer wants; null if no question was open.</summary>
    [JsonIgnore]
    public IReadOnlyList<int>? Withdrawn { get; init; }

    /// <summary>What the sender asks to see.</summary>
    public TaskQuery? List { get; init; }

    /// <summary>Null where the app showed no tasks.</summary>
    [JsonIgnore]
    public IReadOnlyList<TaskChange>? Changes { get; init; }

    /// <remarks>The schema has <c>answers</c> and <c>withdrawn</c> only while a question is open, <c>changes</c> and <c>already</c> only where there are tasks.</remarks>
    public string ToJson()
    {
        var json = JsonSerializer.SerializeToNode(this, Json)!;
        if (Withdrawn is not null)
        {
            json["withdrawn"] = new JsonArray([.. Withdrawn.Select(number => (JsonNode)number)]);
            foreach (var (task, node) in Tasks.Zip(json["tasks"]!.AsArray())) node!["answers"] = task.Answers;
        }

        if (Changes is not null)
        {
            json["changes"] = JsonSerializer.SerializeToNode(Changes, Json);
            // The app finds the same words by itself.
            json["already"] = new JsonArray();
        }

        return json.ToJsonString(Json);
    }
}
