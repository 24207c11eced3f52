namespace FamilyPa.Local.Demo;

/// <summary>A sent message and the webhook's response.</summary>
internal sealed record DemoMessage(string Kind, string Said, string MessageSid, int? HttpStatus, TimeSpan Answered)
{
    public bool Accepted => HttpStatus is >= 200 and < 300;
}

/// <summary>The message's state in the database.</summary>
/// <param name="FirstTask">Time from the webhook's arrival to the first task.</param>
/// <param name="Finished">Time from the webhook's arrival to the terminal state.</param>
internal sealed record DemoTimeline(string? Status, string? Reason, string? Error, TimeSpan? FirstTask, TimeSpan? Finished, IReadOnlyList<DemoTask> Tasks, IReadOnlyList<DemoReply> Replies)
{
    public bool IsTerminal => Status is "done" or "rejected" or "failed";

    /// <summary>Whether all replies have a final status. <c>uncertain</c> counts as final.</summary>
    public bool IsAnswered => Replies.Count > 0 && Replies.All(reply => reply.Status is not ("pending" or "sending"));
}

/// <param name="Due">In the family's local time.</param>
internal sealed record DemoTask(string Title, DateTime? Due, bool AllDay, bool NeedsReview);

internal sealed record DemoReply(string Kind, string Body, string Status);
