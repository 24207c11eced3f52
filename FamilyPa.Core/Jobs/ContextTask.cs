namespace FamilyPa.Core.Jobs;

/// <summary>A task that a message may be about. The model is shown it by its place in the list, so that it can name no other.</summary>
/// <param name="Shown">Its number in the list that the sender saw last; null when it was not in it.</param>
/// <param name="IsQuoted">The message quotes a message about this task.</param>
/// <param name="IsReminded">The sender was reminded of it last.</param>
public sealed record ContextTask(
    Guid Id, string Title, string? Notes, string? Category, IReadOnlyList<string> Assignees, DateTimeOffset? DueAt, bool DueAllDay, bool IsDone, int? Shown, bool IsQuoted,
    bool IsReminded)
{
    /// <summary>The rule of the task's series; null when it does not recur.</summary>
    public string? Recurrence { get; init; }
}
