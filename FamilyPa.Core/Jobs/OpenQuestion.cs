namespace FamilyPa.Core.Jobs;

/// <summary>What we asked a sender and have no answer to yet.</summary>
/// <param name="TaskId">The task that waits for the answer; null when there was not even a task to be unsure of.</param>
/// <param name="Asked">The question as it was sent.</param>
/// <param name="About">What the sender had said.</param>
/// <param name="Title">Of the task; null when there is none.</param>
/// <param name="DueAt">Of the task, as it is stored.</param>
public sealed record OpenQuestion(
    Guid Id, Guid? TaskId, string Asked, string About, string? Title, string? Notes, string? Category, IReadOnlyList<string> Assignees, DateTimeOffset? DueAt, bool DueAllDay)
{
    /// <summary>Changes that wait for a yes, as stored JSON; null when the question is about a new task.</summary>
    public string? Pending { get; init; }

    /// <summary>The message quotes it.</summary>
    public bool IsQuoted { get; init; }
}
