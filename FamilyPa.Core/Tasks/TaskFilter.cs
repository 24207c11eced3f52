using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Tasks;

/// <summary>The order of a task list.</summary>
public enum TaskOrder
{
    /// <summary>Earliest due date first, tasks without one last.</summary>
    Due,

    /// <summary>Newest first.</summary>
    Created,

    /// <inheritdoc cref="Created"/>
    Updated,

    /// <summary>Latest first, uncompleted tasks last.</summary>
    Completed,
}

/// <summary>Selects tasks of a family. Null means any.</summary>
/// <param name="Statuses">A subset of <see cref="TaskStatuses"/>.</param>
/// <param name="Unassigned">Only tasks without an assignee.</param>
/// <param name="Undated">Only tasks without a due date.</param>
/// <param name="Text">A part of the title, the notes or the assignee's name. Case and accents do not matter.</param>
public sealed record TaskFilter(
    IReadOnlyList<string>? Statuses,
    Guid? Assignee,
    bool Unassigned,
    string? Category,
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
