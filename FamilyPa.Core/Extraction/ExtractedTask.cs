using System.Text.Json.Serialization;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Extraction;

/// <summary>What a member wrote or said, as the model gets to see it.</summary>
/// <param name="Spoken">Some of it is a transcript, and may have been misheard.</param>
/// <param name="Forwarded">The message was forwarded.</param>
public sealed record SenderWords(string Text, bool Spoken, bool Forwarded)
{
    /// <summary>JPEGs of the media feature's scaler.</summary>
    public IReadOnlyList<BinaryData> Pictures { get; init; } = [];
}

/// <summary>What the language model understood of a message, in the words of our schema.</summary>
/// <param name="Language">BCP 47 tag of the language that the sender wrote in; null when the model did not say.</param>
/// <param name="ClarifyingQuestion">The facts in a question of our own are marked where no file has the sender's language.</param>
/// <param name="Withdrawn">Questions whose task the sender wants no more.</param>
public sealed record ExtractionResult(
    [property: JsonPropertyName("tasks")] IReadOnlyList<ExtractedTask> Tasks,
    [property: JsonPropertyName("clarifying_question")] string? ClarifyingQuestion,
    [property: JsonPropertyName("language")] string? Language,
    [property: JsonPropertyName("withdrawn")] IReadOnlyList<Guid>? Withdrawn = null)
{
    /// <summary>What the message does to existing tasks.</summary>
    [JsonPropertyName("changes"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TaskChange>? Changes { get; init; }

    /// <summary>Titles of open tasks that the sender wished for again.</summary>
    [JsonPropertyName("already"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? AlreadyThere { get; init; }

    /// <summary>Our question about <see cref="Changes"/> that the sender has answered: yes, or no where there are none.</summary>
    [JsonPropertyName("confirmed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Confirmed { get; init; }

    /// <summary>Null when the sender does not ask to see tasks.</summary>
    [JsonPropertyName("list"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TaskQuery? List { get; init; }

    /// <summary>
    /// The sentences of the reply in the sender's language, by those in the family's; null where there are none, or we speak it. The finalize phase adds them.
    /// </summary>
    [JsonPropertyName("sentences"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Sentences { get; init; }

    /// <summary>A part of the answer was invalid.</summary>
    [JsonPropertyName("incomplete"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsIncomplete { get; init; }

    /// <summary>Something is to recur.</summary>
    [JsonIgnore]
    public bool HasRules => Tasks.Any(task => task.Rule is not null) || Changes?.Any(change => change.Rule is not null) is true;
}

/// <param name="DueAt">As the model gave it: a local date or date and time, or an instant with its offset. See <see cref="DueDate"/>.</param>
/// <param name="Assignees">Members' names as the model gave them; null for none.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Answers">The open question that this answers. It completes the question's task instead of adding one.</param>
public sealed record ExtractedTask(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("notes")] string? Notes,
    [property: JsonPropertyName("due_at")] string? DueAt,
    [property: JsonPropertyName("assignees")] IReadOnlyList<string>? Assignees,
    [property: JsonPropertyName("category")] string? Category,
    [property: JsonPropertyName("confidence")] double Confidence,
    [property: JsonPropertyName("answers"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Answers = null)
{
    /// <summary>A local date and time, as <see cref="DueAt"/>, where the sender said when to be reminded and that is not when the task is due.</summary>
    [JsonPropertyName("remind_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RemindAt { get; init; }

    /// <summary>The <see cref="Recurrence.Rule"/> of a recurring task.</summary>
    [JsonPropertyName("recurrence"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rule { get; init; }

    /// <summary>The model gave a rule that is none.</summary>
    [JsonIgnore]
    public bool HasUnreadableRule { get; init; }

    /// <summary>The model gave a due date that is none.</summary>
    [JsonIgnore]
    public bool HasUnreadableDue { get; init; }

    /// <summary>The model gave a time to remind at that is none.</summary>
    [JsonIgnore]
    public bool HasUnreadableReminder { get; init; }
}
