using System.Text.Json;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Makes it so: stores the tasks, tells the sender once, ends the job.</summary>
public sealed class FinalizePhase(Database database, Replies.Replies replies, JobStore jobs, IOptions<PipelineSettings> settings) : IPhase
{
    public Phase Phase => Phase.Finalize;

    public async Task<Phase?> RunAsync(Claim claim, CancellationToken cancellation)
    {
        if (claim is { StatusReason: null, Extraction: null })
        {
            // Asked for by hand before the message was understood: that comes first.
            await jobs.AdvanceAsync(claim, Phase.Extract, cancellation);
            return Phase.Extract;
        }

        var extraction = claim.Extraction is { } stored ? JsonSerializer.Deserialize<ExtractionResult>(stored) : null;
        var body = await IntendAsync(claim, extraction, cancellation);
        var result = body is null ? null : await replies.SendAsync(claim.MessageSid, ReplyKind.Reply, claim.FromAddress, claim.ToAddress, body);
        if (result is SendResult.NotSent notSent)
        {
            await replies.StoreResultAsync(claim.MessageSid, ReplyKind.Reply, result);
            throw new ReplyNotSentException(notSent.Code);
        }

        // Not cancellable: the reply is out, and forgetting that would leave it uncertain.
        await jobs.FinishAsync(claim, IsRejection(claim.StatusReason) ? "rejected" : "done", result, CancellationToken.None);
        return null;
    }

    /// <summary>Stores tasks and reply in one transaction.</summary>
    /// <returns>The reply to send; null when there is none to send any more.</returns>
    private async Task<string?> IntendAsync(Claim claim, ExtractionResult? extraction, CancellationToken cancellation)
    {
        var tasks = Tasks(claim, extraction);
        await using var batch = database.Fenced(claim);
        for (var i = 0; i < tasks.Count; i++)
            AddTask(batch, claim, extraction!.Tasks[i], tasks[i], i);
        Replies.Replies.AddIntent(
            batch, claim.Family.Id, claim.MessageSid, ReplyKind.Reply, claim.FromAddress, claim.ToAddress,
            Compose(claim, extraction, tasks), IsSuppressed(claim));
        return await batch.SingleAsync(row => row.GetString(0), cancellation);
    }

    private static void AddTask(DatabaseBatch batch, Claim claim, ExtractedTask task, UnderstoodTask understood, int ordinal) => batch.Add(
        """
        insert into tasks (family_id, source_message_sid, ordinal, title, notes, category, assignee, due_at, due_all_day,
                           needs_review, confidence, created_by)
        values ($1, $2, $3, $4, $5, $6, (select user_id from family_members where family_id = $1 and user_id = $7),
                $8, $9, $10, $11, $12)
        on conflict (source_message_sid, ordinal) do nothing
        """,
        claim.Family.Id, claim.MessageSid, ordinal, task.Title, task.Notes, task.Category, understood.Assignee?.UserId,
        understood.Due?.At.ToUniversalTime(), understood.Due?.AllDay ?? false, understood.NeedsReview, task.Confidence, claim.Sender.UserId);

    private List<UnderstoodTask> Tasks(Claim claim, ExtractionResult? extraction) =>
        [.. (extraction?.Tasks ?? []).Select(task => new UnderstoodTask(
            task.Title,
            task.DueAt is { } text && DueDate.TryParse(text, claim.Family.TimeZone, out var due) ? due : null,
            FindMember(claim.Family, task.Assignee),
            task.Confidence < settings.Value.ReviewBelowConfidence))];

    private static Member? FindMember(Family family, string? name) =>
        name is null ? null : family.Members.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string Compose(Claim claim, ExtractionResult? extraction, IReadOnlyList<UnderstoodTask> tasks)
    {
        var text = new ReplyText(extraction?.Language, claim.Family, claim.ReceivedAt);
        return claim.StatusReason switch
        {
            null => text.Understood(tasks, extraction?.ClarifyingQuestion, claim.MediaCount > 0),
            var reason when IsRejection(reason) => text.Rejected(reason),
            var reason => text.Keyword(reason),
        };
    }

    private static bool IsRejection(string? reason) => reason is "empty_message" or "unsupported_media";

    /// <summary>Who sent STOP hears from us once more, that it was heard, and only where Twilio does not say so itself.</summary>
    private static bool IsSuppressed(Claim claim) =>
        claim.StatusReason == "keyword_stop" ? !Messages.Address.IsWhatsApp(claim.FromAddress) : claim.Sender.OptedOut;
}
