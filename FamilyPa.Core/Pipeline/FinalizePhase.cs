using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Makes it so: stores the tasks, asks what is unclear, tells the sender once, ends the job.</summary>
public sealed class FinalizePhase(
    Database database, ReplyOutbox replies, JobStore jobs, ChatCommands commands,
    IOptions<AppSettings> app, IOptions<PipelineSettings> settings, IOptions<LimitSettings> limits) : IPhase
{
    public Phase Phase => Phase.Finalize;

    public async Task<Phase?> RunAsync(LeasedJob claim, CancellationToken cancellation)
    {
        if (claim is { StatusReason: null, Extraction: null })
        {
            // Asked for by hand before the message was understood: that comes first.
            await jobs.AdvanceAsync(claim, Phase.Extract, cancellation);
            return Phase.Extract;
        }

        var body = await IntendAsync(claim, cancellation);
        var result = body is null ? null : await replies.SendAsync(claim.MessageSid, ReplyKind.Reply, claim.FromAddress, claim.ToAddress, body);
        if (result is SendResult.NotSent notSent)
        {
            await replies.StoreResultAsync(claim.MessageSid, ReplyKind.Reply, result);
            throw new ReplyNotSentException(notSent);
        }

        // Not cancellable: the reply is out, and forgetting that would leave it uncertain.
        var status = IsRejection(claim.StatusReason) ? "rejected" : "done";
        await jobs.FinishAsync(claim, status, result, CancellationToken.None);
        Meters.MessageEnded(status, claim.StatusReason, claim.ReceivedAt);
        return null;
    }

    /// <summary>Stores tasks, questions and reply in one transaction.</summary>
    /// <returns>The reply to send; null when there is none to send any more.</returns>
    private async Task<string?> IntendAsync(LeasedJob claim, CancellationToken cancellation)
    {
        var extraction = claim.Extraction is { } stored ? JsonSerializer.Deserialize<ExtractionResult>(stored) : null;
        var text = new ReplyText(extraction?.Language, claim.Family, claim.ReceivedAt, limits.Value, app.Value.BoardUrl);
        await using var batch = database.Fenced(claim);
        (string Text, Uri? Link) reply = claim.StatusReason switch
        {
            null => (text.Understood(Understand(batch, claim, extraction!, text)), null),
            var reason when Command.IsReason(reason) => await commands.AnswerAsync(Command.Of(reason, claim.Body), claim, batch, IsSuppressed(claim), cancellation),
            var reason when IsRejection(reason) => (text.Rejected(reason), null),
            var reason => (text.Keyword(reason), null),
        };
        ReplyOutbox.AddIntent(
            batch, claim.Family.Id, claim.MessageSid, ReplyKind.Reply, claim.FromAddress, claim.ToAddress, reply.Text, IsSuppressed(claim));
        var body = await batch.SingleDurablyAsync(row => row.GetString(0), cancellation);
        // Of an earlier try the words are the same, and the link is a new one.
        return body is not null && reply.Link is { } link ? LoginLinks.Fill(body, link) : body;
    }

    /// <summary>Adds to the batch what the message brings about.</summary>
    private Understanding Understand(DatabaseBatch batch, LeasedJob claim, ExtractionResult extraction, ReplyText text)
    {
        var effects = new MessageEffects(batch, claim);
        List<UnderstoodTask> tasks = [];
        foreach (var (ordinal, task) in extraction.Tasks.Index())
        {
            var understood = new UnderstoodTask(
                task.Title,
                task.DueAt is { } due && DueDate.TryParse(due, claim.Family.TimeZone, out var date) ? date : null,
                FindMember(claim.Family, task.Assignee),
                task.Confidence < settings.Value.ReviewBelowConfidence,
                task.Answers is not null);
            effects.Store(ordinal, task, understood);
            tasks.Add(understood);
        }

        if (tasks.Count > 0)
        {
            var shown = tasks.Index().OrderBy(task => task.Item.Completes).Select(task => (task.Index, extraction.Tasks[task.Index].Answers));
            ChatTurns.AddReply(batch, claim, [.. shown]);
        }

        var withdrawn = claim.PhaseInput.Questions.Where(question => extraction.Withdrawn?.Contains(question.Id) is true).ToList();
        withdrawn.ForEach(effects.Withdraw);

        var question = extraction.ClarifyingQuestion ?? (tasks.Exists(task => task.NeedsReview) ? text.IsThatRight : null);
        if (question is not null)
            effects.Ask(question, extraction.Tasks, tasks);

        return new Understanding(
            string.Join(' ', claim.PhaseInput.Transcripts.Select(transcript => transcript.Text).Where(said => said.Length > 0)),
            tasks,
            [.. withdrawn.Select(asked => asked.Title).OfType<string>()],
            question,
            [.. claim.PhaseInput.Files.Select(file => file.Reason).OfType<string>()]);
    }

    private static Member? FindMember(Family family, string? name) =>
        name is null ? null : family.Members.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every reason but a keyword's or a command's says why there is nothing to be done.</summary>
    private static bool IsRejection(string? reason) => reason is not null && !Keywords.IsReason(reason) && !Command.IsReason(reason);

    /// <summary>Who sent STOP hears from us once more, that it was heard, and only where Twilio does not say so itself.</summary>
    private static bool IsSuppressed(LeasedJob claim) =>
        claim.StatusReason == Keyword.Stop.Reason() ? !Address.IsWhatsApp(claim.FromAddress) : claim.Sender.OptedOut;
}
