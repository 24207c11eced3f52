namespace FamilyPa.Core.Chat;

public enum CommandKind
{
    List,

    /// <summary>Takes the completed tasks off a list.</summary>
    Clear,
    Done,
    Undo,

    /// <summary>The next page of what was shown last.</summary>
    More,
    Delete,
    Snooze,
    Assign,

    /// <summary>The sender is not told of others' tasks any more.</summary>
    Mute,
    Unmute,

    /// <summary>The sender wants a digest each day, or none.</summary>
    Digest,

    /// <summary>The sender, who is in several families, has chosen one.</summary>
    Family,
    Board,
    Help,
}

/// <summary>The tasks that a list shows.</summary>
public enum ListScope
{
    Open,

    /// <summary>Open, and due by the end of today.</summary>
    Today,

    /// <summary>Open tasks of the sender: assigned to them, or created by them and unassigned.</summary>
    Mine,

    /// <summary>Completed in the last seven days.</summary>
    Done,
}

/// <summary>A chat command: a whole message with a fixed meaning, so that the app can execute it without a model.</summary>
/// <param name="Languages">The languages in which the words have this meaning, ISO 639-1.</param>
/// <param name="Numbers">The numbers of the shown tasks, from 1; null for the one that was shown.</param>
/// <param name="Named">The sender's words for a task that is done, or for a list, normalised; null when there are none.</param>
/// <param name="Minutes">For <see cref="CommandKind.Snooze"/>: for how long.</param>
/// <param name="Members">For <see cref="CommandKind.Assign"/>: to whom, as it was written, normalised.</param>
/// <param name="At">For <see cref="CommandKind.Digest"/>: when; null for none.</param>
public sealed record Command(
    CommandKind Kind, IReadOnlyList<string> Languages, ListScope Scope = ListScope.Open, IReadOnlyList<int>? Numbers = null, string? Named = null,
    int Minutes = 60, IReadOnlyList<string>? Members = null, TimeOnly? At = null)
{
    private const string Prefix = "command_";

    /// <summary>The reason code of a command's job.</summary>
    public string Reason => Prefix + Kind.ToString().ToLowerInvariant();

    /// <summary>Whether the reason code is that of a command.</summary>
    public static bool IsReason(string? reason) => reason?.StartsWith(Prefix, StringComparison.Ordinal) is true;

    /// <summary>The command of a job with this reason. After retention has removed the message's text, only the kind is known.</summary>
    public static Command Of(string reason, string body) =>
        CommandReader.Read(body) is { } command && command.Reason == reason
            ? command
            : new Command(Enum.Parse<CommandKind>(reason[Prefix.Length..], ignoreCase: true), [], Named: "");
}
