using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Core.Extraction;

/// <summary>Validates the model's answer. An error in one task does not affect the others.</summary>
public static class ExtractionParser
{
    private const int MaxTasks = 200;
    private const int MaxTitle = 200;
    private const int MaxNotes = 2000;

    /// <summary>A reply has room for all of it.</summary>
    private const int MaxQuestion = 600;

    /// <param name="questions">Those that the model was shown, in that order: it names them by their numbers, from 1.</param>
    /// <param name="existing">Tasks that it was shown likewise.</param>
    /// <param name="words">The sender's. Links that are in none of them, nor in what the question or task is about, are removed; of a forwarded message, all.</param>
    /// <param name="lists">The family's own. A new one has to be called a list by the sender.</param>
    /// <exception cref="ModelAnswerException">It is not JSON, or has no list of tasks.</exception>
    public static ExtractionResult Parse(string answer, DateTimeZone zone, IReadOnlyList<OpenQuestion> questions, IReadOnlyList<ContextTask>? existing = null,
        SenderWords? words = null, IReadOnlyList<string>? lists = null)
    {
        existing ??= [];
        var known = new KnownLists(lists ?? [], words);
        try
        {
            using var document = JsonDocument.Parse(answer);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Broken("the answer is not an object");
            if (!root.TryGetProperty("tasks", out var listed) || listed.ValueKind != JsonValueKind.Array)
                throw Broken("tasks is not an array");
            var links = ModelText.LinksIn([words is { Forwarded: false } ? words.Text : null, .. questions.SelectMany(question => new[] { question.Title, question.Notes })]);
            var tasks = listed.EnumerateArray().Take(MaxTasks).Select((task, i) => ReadTask(task, zone, links, known, Answers(task, i, questions))).ToList();
            var list = ReadQuery(root, zone, known);
            var isTooWide = IsTooWide(root, list);
            var changes = Consistent([.. Items(root, "changes").Select(change => ReadChange(change, zone, links, existing, known))]);
            return new ExtractionResult(
                [.. tasks.OfType<ExtractedTask>().DistinctBy(task =>
                    (task with { Title = task.Title.ToUpperInvariant().TrimEnd('.', '!'), Assignees = null, Confidence = 0 }, Joined(task.Assignees)))],
                Shown(root, "clarifying_question", MaxQuestion, links),
                Text(root, "language", 35),
                questions.Count == 0 ? null : Withdrawn(root, questions))
            {
                Changes = changes.Count == 0 ? null : [.. changes.OfType<TaskChange>()],
                Confirmed = Confirmed(root, questions, words),
                AlreadyThere = Titles(root, existing),
                List = isTooWide ? null : list,
                IsIncomplete = isTooWide || tasks.Contains(null) || changes.Contains(null) || listed.GetArrayLength() > MaxTasks,
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
        [.. Items(root, "withdrawn").Select(number => Question(number, questions)).OfType<Guid>().Distinct()];

    /// <summary>Only the sender's own words confirm changes.</summary>
    private static Guid? Confirmed(JsonElement root, IReadOnlyList<OpenQuestion> questions, SenderWords? words) =>
        words is { Forwarded: false, Text.Length: > 0 } && root.TryGetProperty("confirmed", out var number) && Item(number, questions) is { Pending: not null } question
            ? question.Id
            : null;

    private static Guid? Question(JsonElement number, IReadOnlyList<OpenQuestion> questions) => Item(number, questions)?.Id;

    /// <returns>Null for a task that was not shown, an operation that is none, or a value that cannot be read.</returns>
    private static TaskChange? ReadChange(JsonElement change, DateTimeZone zone, IReadOnlySet<string> links, IReadOnlyList<ContextTask> existing, KnownLists lists)
    {
        if (change.ValueKind != JsonValueKind.Object || !change.TryGetProperty("task", out var number) || Item(number, existing) is not { } task
            || Text(change, "operation", 20) is not { } operation || !TaskOperations.InOrder.Contains(operation))
            return null;
        HashSet<string> own = [.. links, .. ModelText.LinksIn([task.Title, task.Notes])];
        var rule = Text(change, "recurrence", MaxTitle);
        var recurrence = Recurrence.Parse(rule);
        var read = new TaskChange(
            task.Id, operation, task.Title, Shown(change, "title", MaxTitle, own), Shown(change, "notes", MaxNotes, own), Text(change, "due_at", 40),
            Text(change, "remind_at", 40), Names(change),
            [.. Items(change, "clear").Select(field => field.ValueKind == JsonValueKind.String ? field.GetString()! : "").Where(ExtractionSchema.Clearable.Contains)],
            Confidence(change))
        {
            Rule = recurrence?.Rule,
            Category = lists.Find(Text(change, "category", 50)),
        };
        var isDue = read.DueAt is null || DueDate.TryParse(read.DueAt, zone, out _);
        var isReminder = read.RemindAt is null || (DueDate.TryParse(read.RemindAt, zone, out var at) && !at.AllDay);
        var hasValue = read is not { NewTitle: null, Notes: null, DueAt: null, RemindAt: null, Assignees: null, Rule: null, Category: null } || read.Clear!.Count > 0;
        var isRule = rule is null || recurrence is not null;
        return operation switch
        {
            TaskOperations.Update => isDue && isReminder && isRule && hasValue ? read : null,
            TaskOperations.Snooze => isReminder && read.RemindAt is not null ? new TaskChange(task.Id, operation, task.Title, RemindAt: read.RemindAt, Confidence: read.Confidence) : null,
            _ => new TaskChange(task.Id, operation, task.Title, Confidence: read.Confidence),
        };
    }

    /// <returns>The changes of each task in the order in which they make sense; null in place of a task's that contradict each other.</returns>
    private static List<TaskChange?> Consistent(IReadOnlyList<TaskChange?> changes)
    {
        var ofTasks = changes.OfType<TaskChange>()
            .DistinctBy(change => (change with { Assignees = null, Clear = null, Confidence = 0 }, Joined(change.Assignees)))
            .GroupBy(change => change.TaskId)
            .Select(task => task.OrderBy(change => TaskOperations.InOrder.IndexOf(change.Operation)).ToList());
        return [.. ofTasks.SelectMany(task => IsContradictory(task) ? [null] : task.Cast<TaskChange?>()), .. changes.Where(change => change is null)];
    }

    private static bool IsContradictory(List<TaskChange> changes)
    {
        var operations = changes.Select(change => change.Operation).ToHashSet();
        return operations.Count < changes.Count || ((operations.Contains(TaskOperations.Delete) || operations.Contains(TaskOperations.Skip)) && operations.Count > 1)
            || (operations.Contains(TaskOperations.Complete) && operations.Contains(TaskOperations.Reopen));
    }

    private static List<string>? Titles(JsonElement root, IReadOnlyList<ContextTask> existing)
    {
        List<string> titles = [.. Items(root, "already").Select(number => Item(number, existing)).OfType<ContextTask>().Where(task => !task.IsDone).Select(task => task.Title)];
        return titles.Count == 0 ? null : titles;
    }

    private static TaskQuery? ReadQuery(JsonElement root, DateTimeZone zone, KnownLists lists)
    {
        if (!root.TryGetProperty("list", out var list) || list.ValueKind != JsonValueKind.Object)
            return null;
        return new TaskQuery(Day(list, "from", zone), Day(list, "until", zone), Text(list, "assignee", 100), lists.Find(Text(list, "category", 50)), IsTrue(list, "done"))
        {
            Delete = IsTrue(list, "delete"),
        };
    }

    /// <summary>Whether more would be deleted than was asked for, because what restricts it cannot be read.</summary>
    private static bool IsTooWide(JsonElement root, TaskQuery? query) =>
        query is { Delete: true } && root.GetProperty("list") is var list
        && (query.Done || new[] { ("from", query.From), ("until", query.Until), ("category", query.Category), ("assignee", query.Assignee) }
            .Any(field => field.Item2 is null && list.TryGetProperty(field.Item1, out var given) && given.ValueKind != JsonValueKind.Null));

    private static bool IsTrue(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Day(JsonElement list, string name, DateTimeZone zone) =>
        Text(list, name, 40) is { } day && DueDate.TryParse(day, zone, out var date) && date.AllDay ? day : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static T? Item<T>(JsonElement number, IReadOnlyList<T> shown)
        where T : class => number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var n) && n >= 1 && n <= shown.Count ? shown[n - 1] : null;

    /// <returns>Null for what names nothing to be done.</returns>
    private static ExtractedTask? ReadTask(JsonElement task, DateTimeZone zone, IReadOnlySet<string> links, KnownLists lists, Guid? answers)
    {
        if (task.ValueKind != JsonValueKind.Object || Shown(task, "title", MaxTitle, links) is not { } title)
            return null;
        var due = Text(task, "due_at", 40);
        var isDate = due is not null && DueDate.TryParse(due, zone, out _);
        var remind = Text(task, "remind_at", 40);
        var isTime = remind is not null && DueDate.TryParse(remind, zone, out var at) && !at.AllDay;
        var rule = Text(task, "recurrence", MaxTitle);
        var recurrence = Recurrence.Parse(rule);
        return new ExtractedTask(
            title, Shown(task, "notes", MaxNotes, links), isDate ? due : null, Names(task), Text(task, "category", 50) is { } list ? lists.Find(list) ?? TaskCategories.Other : null,
            Confidence(task), answers)
        {
            RemindAt = isTime ? remind : null,
            HasUnreadableReminder = !isTime && (remind is not null || IsOther(task, "remind_at")),
            Rule = recurrence?.Rule,
            HasUnreadableRule = recurrence is null && (rule is not null || IsOther(task, "recurrence")),
            HasUnreadableDue = !isDate && (due is not null || IsOther(task, "due_at")),
        };
    }

    /// <summary>As <see cref="Text"/>, fit to be shown. An ellipsis stands for a text that was only a link.</summary>
    private static string? Shown(JsonElement parent, string name, int longest, IReadOnlySet<string> links)
    {
        if (Text(parent, name, int.MaxValue) is not { } text || ModelText.Clean(text) is not { Length: > 0 } clean)
            return null;
        return ModelText.WithoutLinks(clean.Cut(longest), links) is { Length: > 0 } shown ? shown : "…";
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
    private static string? Text(JsonElement parent, string name, int longest) => parent.TryGetProperty(name, out var value) ? Text(value, longest) : null;

    private static string? Text(JsonElement value, int longest)
    {
        if (value.ValueKind != JsonValueKind.String || Read(value) is not { } said)
            return null;
        var text = string.Join(' ', said.Replace('\0', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 || text is "null" or "none" or "None" ? null : text.Cut(longest);
    }

    /// <summary>Whose task it is. A model that is not made to follow our schema may give one name as a text.</summary>
    /// <returns>Null for nobody's.</returns>
    private static List<string>? Names(JsonElement task)
    {
        if (!task.TryGetProperty("assignees", out var value) && !task.TryGetProperty("assignee", out value))
            return null;
        List<string> names = [.. (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Take(MaxTasks) : [value]).Select(name => Text(name, 100)).OfType<string>().Distinct()];
        return names.Count == 0 ? null : names;
    }

    private static string Joined(IReadOnlyList<string>? names) => string.Join('\n', names ?? []);

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

    /// <param name="Own">The family's.</param>
    private sealed record KnownLists(IReadOnlyList<string> Own, SenderWords? Words)
    {
        /// <returns>Null for a list that the family has not, and that the sender does not name.</returns>
        public string? Find(string? said)
        {
            if (said is null || ListNames.Of(ModelText.Clean(said)) is not { } name)
                return null;
            return ListNames.Find(name, Own)
                ?? (Own.Count < TaskCategories.MostOwn && Words is { Forwarded: false } words && ListNames.IsCalled(name, words.Text) ? name : null);
        }
    }
}
