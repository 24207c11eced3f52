namespace FamilyPa.Local.Demo;

/// <summary>A message that was sent and how the webhook took it.</summary>
internal sealed record DemoMessage(string Kind, string Said, string MessageSid, int? HttpStatus, TimeSpan Answered)
{
    public bool Accepted => HttpStatus is >= 200 and < 300;
}

/// <summary>What the database says became of it.</summary>
/// <param name="FirstTask">From the webhook's receipt to the first task.</param>
/// <param name="Finished">From the webhook's receipt to the terminal state.</param>
internal sealed record DemoTimeline(string? Status, string? Reason, string? Error, TimeSpan? FirstTask, TimeSpan? Finished, IReadOnlyList<DemoTask> Tasks, IReadOnlyList<DemoReply> Replies)
{
    public bool IsTerminal => Status is "done" or "rejected" or "failed";

    /// <summary>A reply that may still change is one whose fate is not known.</summary>
    public bool IsAnswered => Replies.Count > 0 && Replies.All(reply => reply.Status is not ("pending" or "sending"));
}

/// <param name="Due">On the family's wall clock.</param>
internal sealed record DemoTask(string Title, DateTime? Due, bool AllDay, bool NeedsReview);

internal sealed record DemoReply(string Kind, string Body, string Status);
