using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>Reads the model's answer and trusts nothing in it: rubbish is an error, never a task.</summary>
public static class ExtractionParser
{
    private const int MostTasks = 50;
    private const int LongestTitle = 200;
    private const int LongestNotes = 2000;

    /// <param name="questions">Those that the model was shown, in that order: it names them by their numbers, from 1.</param>
    /// <exception cref="ModelAnswerException">It is not JSON, or not what the schema says.</exception>
    public static ExtractionResult Parse(string answer, DateTimeZone zone, IReadOnlyList<OpenQuestion> questions)
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
                [.. tasks.EnumerateArray().Select((task, i) => ReadTask(task, zone) with { Answers = Answers(task, i, questions) })],
                Text(root, "clarifying_question", LongestNotes),
                Text(root, "language", 35),
                questions.Count == 0 ? null : Withdrawn(root, questions));
        }
        catch (JsonException)
        {
            throw new ModelAnswerException("ai_answer_not_json", "The model's answer is not JSON.");
        }
        catch (InvalidOperationException)
        {
            throw Broken("half a character");
        }
    }

    /// <summary>
    /// The question that a task answers. A model that says nothing at all of it, not even null, was not made to follow our schema: then the
    /// sender's next words count as the answer to the last question.
    /// </summary>
    private static Guid? Answers(JsonElement task, int index, IReadOnlyList<OpenQuestion> questions)
    {
        if (questions.Count == 0)
            return null;
        return task.TryGetProperty("answers", out var number) ? Question(number, questions) : index == 0 ? questions[^1].Id : null;
    }

    private static List<Guid> Withdrawn(JsonElement root, IReadOnlyList<OpenQuestion> questions) =>
        root.TryGetProperty("withdrawn", out var numbers) && numbers.ValueKind == JsonValueKind.Array
            ? [.. numbers.EnumerateArray().Select(number => Question(number, questions)).OfType<Guid>().Distinct()]
            : [];

    private static Guid? Question(JsonElement number, IReadOnlyList<OpenQuestion> questions) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var n) && n >= 1 && n <= questions.Count ? questions[n - 1].Id : null;

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
        return text.Length == 0 ? null : text.Cut(longest);
    }

    private static ModelAnswerException Broken(string what) => new("ai_answer_breaks_schema", $"The model's answer breaks the schema: {what}.");
}
