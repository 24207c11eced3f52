using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>A question that the sender was asked a moment ago, with the task that it is about.</summary>
/// <param name="Task">Null when there was not even a task to be unsure of.</param>
internal sealed record AskedQuestion(int Number, ExtractedTask? Task)
{
    public static IEnumerable<AskedQuestion> Read(JsonElement input)
    {
        if (!input.TryGetProperty("open_questions", out var questions) || questions.ValueKind != JsonValueKind.Array) yield break;
        foreach (var question in questions.EnumerateArray())
            yield return new AskedQuestion(question.GetProperty("number").GetInt32(), TaskOf(question));
    }

    private static ExtractedTask? TaskOf(JsonElement question) =>
        question.TryGetProperty("task", out var task) && task.ValueKind == JsonValueKind.Object
            ? new ExtractedTask(
                Text(task, "title") ?? "", Text(task, "notes"), Text(task, "due_at"), Text(task, "assignee"), Text(task, "category") ?? "other", 0)
            : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
