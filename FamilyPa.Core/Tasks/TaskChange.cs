using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FamilyPa.Core.Tasks;

/// <summary>What a message does to a task that exists already.</summary>
/// <param name="Operation">One of <see cref="TaskOperations"/>.</param>
/// <param name="Title">As the task was called when the message arrived.</param>
/// <param name="NewTitle">Null leaves it, as of the other new values.</param>
/// <param name="Assignees">Names of all of them, who may be the same as before.</param>
/// <param name="Clear">Fields to be emptied: <c>due_at</c>, <c>assignees</c>, <c>notes</c>, <c>recurrence</c>.</param>
public sealed record TaskChange(
    [property: JsonPropertyName("task")] Guid TaskId,
    [property: JsonPropertyName("operation")] string Operation,
    [property: JsonPropertyName("was")] string Title,
    [property: JsonPropertyName("title")] string? NewTitle = null,
    [property: JsonPropertyName("notes")] string? Notes = null,
    [property: JsonPropertyName("due_at")] string? DueAt = null,
    [property: JsonPropertyName("remind_at")] string? RemindAt = null,
    [property: JsonPropertyName("assignees")] IReadOnlyList<string>? Assignees = null,
    [property: JsonPropertyName("clear")] IReadOnlyList<string>? Clear = null,
    [property: JsonPropertyName("confidence")] double Confidence = 1)
{
    /// <summary>The <see cref="Recurrence.Rule"/> from now on. Without it, a change is of this occurrence only.</summary>
    [JsonPropertyName("recurrence"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rule { get; init; }

    /// <summary>The list that the task is moved to.</summary>
    [JsonPropertyName("category"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Category { get; init; }
}

public static class TaskOperations
{
    public const string Complete = "complete";
    public const string Reopen = "reopen";
    public const string Update = "update";

    /// <summary>Ends a recurring task, too.</summary>
    public const string Delete = "delete";

    /// <summary>Drops one occurrence of a recurring task.</summary>
    public const string Skip = "skip";
    public const string Snooze = "snooze";

    /// <summary>All of them, in the order in which several change one task.</summary>
    public static readonly ImmutableArray<string> InOrder = [Reopen, Update, Snooze, Complete, Skip, Delete];
}

/// <summary>Which tasks the sender asks to see, or wants to be deleted. Dates are local and both included.</summary>
public sealed record TaskQuery(
    [property: JsonPropertyName("from")] string? From,
    [property: JsonPropertyName("until")] string? Until,
    [property: JsonPropertyName("assignee")] string? Assignee,
    [property: JsonPropertyName("category")] string? Category,
    [property: JsonPropertyName("done")] bool Done)
{
    /// <summary>All of them that are open are to be deleted.</summary>
    [JsonPropertyName("delete"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Delete { get; init; }
}
