namespace FamilyPa.Core.Chat;

public enum CommandKind
{
    List,
    Done,
    Undo,
    Board,
    Help,
}

/// <summary>Which tasks a list is to show.</summary>
public enum ListScope
{
    Open,

    /// <summary>Open, and due by the end of today.</summary>
    Today,

    /// <summary>Completed in the last seven days.</summary>
    Done,
}

/// <summary>What a member asks for in the chat with a message of its own, that can be carried out without understanding more of it.</summary>
/// <param name="Languages">Those in which it means that, ISO 639-1.</param>
/// <param name="Numbers">Of <see cref="CommandKind.Done"/>: which of the tasks that the sender was shown, from 1.</param>
/// <param name="Named">Of <see cref="CommandKind.Done"/>: the sender's words for the task, plain; null when none were given.</param>
public sealed record Command(
    CommandKind Kind, IReadOnlyList<string> Languages, ListScope Scope = ListScope.Open, IReadOnlyList<int>? Numbers = null, string? Named = null)
{
    private const string Prefix = "command_";

    /// <summary>The reason code that the job of such a message bears.</summary>
    public string Reason => Prefix + Kind.ToString().ToLowerInvariant();

    /// <summary>Whether a job's reason is a command's.</summary>
    public static bool IsReason(string? reason) => reason?.StartsWith(Prefix, StringComparison.Ordinal) is true;

    /// <summary>The command of a job with that reason. Once its message is past its age only the kind is known, and nothing that it could be done to.</summary>
    public static Command Of(string reason, string body) =>
        CommandReader.Read(body) is { } command && command.Reason == reason
            ? command
            : new Command(Enum.Parse<CommandKind>(reason[Prefix.Length..], ignoreCase: true), [], Named: "");
}
