namespace FamilyPa.Simulators.Extraction;

/// <summary>A task that the message may be about, as the app's <c>tasks</c> names it.</summary>
/// <param name="Shown">Its number in what the sender saw last; null when it was not in it.</param>
/// <param name="Quoted">The message quotes a message about it.</param>
/// <param name="Reminded">The sender was reminded of it last.</param>
internal sealed record ExistingTask(
    int Number, string Title, string? DueAt = null, bool Done = false, int? Shown = null, bool Quoted = false, bool Reminded = false)
{
    public IReadOnlyList<string> Assignees { get; init; } = [];
}

/// <summary>An operation on an existing task, as the answer's <c>changes</c> names it.</summary>
/// <param name="Task">Its number.</param>
internal sealed record TaskChange(int Task, string Operation, double Confidence)
{
    public string? Title { get; init; }
    public string? Notes { get; init; }
    public string? DueAt { get; init; }
    public string? RemindAt { get; init; }
    public IReadOnlyList<string> Assignees { get; init; } = [];
    public IReadOnlyList<string> Clear { get; init; } = [];
}

/// <summary>What the sender asks to see.</summary>
internal sealed record TaskQuery(string? From, string? Until, string? Assignee, string? Category, bool Done, bool Delete = false);
