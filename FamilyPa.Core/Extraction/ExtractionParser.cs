using System.Text.Json;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>Reads the model's answer and trusts nothing in it: rubbish is an error, never a task.</summary>
public static class ExtractionParser
{
    private const int MostTasks = 50;
    private const int LongestTitle = 200;
    private const int LongestNotes = 2000;

    /// <exception cref="ModelAnswerException">It is not JSON, or not what the schema says.</exception>
    public static ExtractionResult Parse(string answer, DateTimeZone zone)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Broken("the answer is not an object");
            if (!root.TryGetProperty("tasks", out var tasks) || tasks.ValueKind != JsonValueKind.Array)
                throw Broken("tasks is not an array");
            if (tasks.GetArrayLength() > MostTasks)
                throw Broken($"more than {MostTasks} tasks");
            return new ExtractionResult(
                [.. tasks.EnumerateArray().Select(task => ReadTask(task, zone))],
                Text(root, "clarifying_question", LongestNotes),
                Text(root, "language", 35));
        }
        catch (JsonException)
        {
            throw new ModelAnswerException("ai_answer_not_json", "The model's answer is not JSON.");
        }
    }

    private static ExtractedTask ReadTask(JsonElement task, DateTimeZone zone)
    {
        if (task.ValueKind != JsonValueKind.Object)
            throw Broken("a task is not an object");
        var title = Text(task, "title", LongestTitle) ?? throw Broken("a task has no title");
        var due = Text(task, "due_at", 40);
        if (due is not null && !DueDate.TryParse(due, zone, out _))
            throw Broken("due_at is not a date");
        if (!task.TryGetProperty("confidence", out var sure) || sure.ValueKind != JsonValueKind.Number || !sure.TryGetDouble(out var confidence)
            || confidence is not (>= 0 and <= 1))
            throw Broken("confidence is not a number from 0 to 1");
        var category = Text(task, "category", 50);
        return new ExtractedTask(
            title, Text(task, "notes", LongestNotes), due, Text(task, "assignee", 100),
            category is null || ExtractionSchema.Categories.Contains(category) ? category : "other", confidence);
    }

    /// <summary>The text of a property; null when it is null, absent or blank. White space is folded, what is too long is cut.</summary>
    private static string? Text(JsonElement parent, string name, int longest)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Broken($"{name} is not text");
        var text = string.Join(' ', value.GetString()!.Replace('\0', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? null : Cut(text, longest);
    }

    /// <summary>Cuts without splitting a surrogate pair, which PostgreSQL would refuse.</summary>
    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    private static ModelAnswerException Broken(string what) => new("ai_answer_breaks_schema", $"The model's answer breaks the schema: {what}.");
}
