using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Tasks;

/// <summary>The order of a list of tasks.</summary>
public enum TaskOrder
{
    /// <summary>The soonest first, those without a date last.</summary>
    Due,

    /// <summary>The newest first.</summary>
    Created,

    /// <inheritdoc cref="Created"/>
    Updated,

    /// <summary>The latest first; those that are not completed last.</summary>
    Completed,
}

/// <summary>Which of a family's tasks; null means any.</summary>
/// <param name="Statuses">Some of <see cref="TaskStatuses"/>.</param>
/// <param name="Unassigned">Only those that are nobody's.</param>
/// <param name="Undated">Only those without a date.</param>
/// <param name="Text">Somewhere in title or notes, whatever its case.</param>
public sealed record TaskFilter(
    IReadOnlyList<string>? Statuses,
    Guid? Assignee,
    bool Unassigned,
    bool? NeedsReview,
    bool Undated,
    DateTimeOffset? DueBefore,
    DateTimeOffset? DueAfter,
    DateTimeOffset? UpdatedSince,
    string? Text,
    TaskOrder Order,
    PageCursor? After,
    int Limit);

public static class TaskStatuses
{
    public static IReadOnlyList<string> All { get; } = ["open", "in_progress", "done", "canceled"];
}
