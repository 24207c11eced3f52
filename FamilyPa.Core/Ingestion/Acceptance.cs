namespace FamilyPa.Core.Ingestion;

/// <summary>What became of a verified message when it was taken in.</summary>
/// <param name="Outcome">For logs.</param>
public sealed record Acceptance(string Outcome)
{
    public static readonly Acceptance Accepted = new("Accepted");

    /// <summary>Already here: nothing more to do.</summary>
    public static readonly Acceptance Duplicate = new("Duplicate");

    /// <summary>The sender is in no family and was told within a day, or has sent STOP.</summary>
    public static readonly Acceptance UnknownSenderAgain = new("UnknownSenderAgain");

    /// <summary>The sender is in several families and was asked for which one it is.</summary>
    public static readonly Acceptance Waits = new("Waits");

    /// <summary>The database could not take it now: it waits in the queue <c>inbound</c>.</summary>
    public static readonly Acceptance Fallback = new("Fallback");

    /// <summary>The limit that there is no room in, as the job's reason; null: there was room.</summary>
    public string? Limit { get; private init; }

    /// <summary>Whether it has become a message of a family's by this.</summary>
    public bool IsStored => Outcome is "Accepted" or "Throttled";

    /// <summary>Until that limit's window ends.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>What the sender is to be told at once; null for nothing.</summary>
    public string? Answer { get; private init; }

    /// <summary>The sender is to be told something at once: in no family, in one since this message, or asked for which of several it is.</summary>
    public static Acceptance Answered(string outcome, string answer) => new(outcome) { Answer = answer };

    /// <summary>Over a limit: stored and done when there is room, or beyond ten times the limit only counted.</summary>
    public static Acceptance Held(string limit, TimeSpan retryAfter, bool stored) =>
        new(stored ? "Throttled" : "Dropped") { Limit = limit, RetryAfter = retryAfter };
}
