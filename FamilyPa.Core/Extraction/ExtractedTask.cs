using System.Text.Json.Serialization;

namespace FamilyPa.Core.Extraction;

/// <summary>What the language model understood of a message, in the words of our schema.</summary>
/// <param name="Language">BCP 47 tag of the language that the sender wrote in; null when the model did not say.</param>
public sealed record ExtractionResult(
    [property: JsonPropertyName("tasks")] IReadOnlyList<ExtractedTask> Tasks,
    [property: JsonPropertyName("clarifying_question")] string? ClarifyingQuestion,
    [property: JsonPropertyName("language")] string? Language);

/// <param name="DueAt">As the model gave it: a local date or date and time, or an instant with its offset. See <see cref="DueDate"/>.</param>
/// <param name="Assignee">A member's name as the model gave it.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record ExtractedTask(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("notes")] string? Notes,
    [property: JsonPropertyName("due_at")] string? DueAt,
    [property: JsonPropertyName("assignee")] string? Assignee,
    [property: JsonPropertyName("category")] string? Category,
    [property: JsonPropertyName("confidence")] double Confidence);
