using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>Reads the model's answer and trusts nothing in it. What is wrong with one task leaves the others as they are.</summary>
public static class ExtractionParser
{
    private const int MaxTasks = 200;
    private const int MaxTitle = 200;
    private const int MaxNotes = 2000;

    /// <param name="questions">Those that the model was shown, in that order: it names them by their numbers, from 1.</param>
    /// <exception cref="ModelAnswerException">It is not JSON, or has no list of tasks.</exception>
    public static ExtractionResult Parse(string answer, DateTimeZone zone, IReadOnlyList<OpenQuestion> questions)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Broken("the answer is not an object");
            if (!root.TryGetProperty("tasks", out var listed) || listed.ValueKind != JsonValueKind.Array)
                throw Broken("tasks is not an array");
            var tasks = listed.EnumerateArray().Take(MaxTasks).Select((task, i) => ReadTask(task, zone, Answers(task, i, questions))).ToList();
            return new ExtractionResult(
                [.. tasks.OfType<ExtractedTask>().DistinctBy(task => task with { Title = task.Title.ToUpperInvariant(), Confidence = 0 })],
                Text(root, "clarifying_question", MaxNotes),
                Text(root, "language", 35),
                questions.Count == 0 ? null : Withdrawn(root, questions))
            {
                IsIncomplete = tasks.Contains(null) || listed.GetArrayLength() > MaxTasks,
            };
        }
        catch (JsonException)
        {
            throw new ModelAnswerException("ai_answer_not_json", "The model's answer is not JSON.");
        }
    }

    /// <summary>
    /// The question that a task answers. A model that says nothing at all of it, not even null, was not made to follow our schema: then the
    /// sender's next words count as the answer to the last question.
    /// </summary>
    private static Guid? Answers(JsonElement task, int index, IReadOnlyList<OpenQuestion> questions)
    {
        if (questions.Count == 0 || task.ValueKind != JsonValueKind.Object)
            return null;
        return task.TryGetProperty("answers", out var number) ? Question(number, questions) : index == 0 ? questions[^1].Id : null;
    }

    private static List<Guid> Withdrawn(JsonElement root, IReadOnlyList<OpenQuestion> questions) =>
        root.TryGetProperty("withdrawn", out var numbers) && numbers.ValueKind == JsonValueKind.Array
            ? [.. numbers.EnumerateArray().Select(number => Question(number, questions)).OfType<Guid>().Distinct()]
            : [];

    private static Guid? Question(JsonElement number, IReadOnlyList<OpenQuestion> questions) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var n) && n >= 1 && n <= questions.Count ? questions[n - 1].Id : null;

    /// <returns>Null for what names nothing to be done.</returns>
    private static ExtractedTask? ReadTask(JsonElement task, DateTimeZone zone, Guid? answers)
    {
        if (task.ValueKind != JsonValueKind.Object || Text(task, "title", MaxTitle) is not { } title)
            return null;
        var due = Text(task, "due_at", 40);
        var isDate = due is not null && DueDate.TryParse(due, zone, out _);
        var remind = Text(task, "remind_at", 40);
        var category = Text(task, "category", 50);
        return new ExtractedTask(
            title, Text(task, "notes", MaxNotes), isDate ? due : null, Text(task, "assignee", 100),
            category is null || ExtractionSchema.Categories.Contains(category) ? category : "other", Confidence(task), answers)
        {
            RemindAt = remind is not null && DueDate.TryParse(remind, zone, out var at) && !at.AllDay ? remind : null,
            HasUnreadableDue = !isDate && (due is not null || IsOther(task, "due_at")),
        };
    }

    /// <summary>Zero, so that the task is asked about, where the model gave no number from 0 to 1.</summary>
    private static double Confidence(JsonElement task) =>
        task.TryGetProperty("confidence", out var sure) && sure.ValueKind == JsonValueKind.Number && sure.TryGetDouble(out var confidence) && confidence is >= 0 and <= 1
            ? confidence
            : 0;

    /// <summary>Whether there is something that is neither text nor null.</summary>
    private static bool IsOther(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.String);

    /// <summary>The text of a property; null for anything else, blanks, and words for nothing. White space is folded, what is too long is cut.</summary>
    private static string? Text(JsonElement parent, string name, int longest)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || Read(value) is not { } said)
            return null;
        var text = string.Join(' ', said.Replace('\0', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 || text is "null" or "none" or "None" ? null : text.Cut(longest);
    }

    /// <returns>Null for half a surrogate pair, which JSON can escape and .NET cannot read.</returns>
    private static string? Read(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ModelAnswerException Broken(string what) => new("ai_answer_breaks_schema", $"The model's answer breaks the schema: {what}.");
}
