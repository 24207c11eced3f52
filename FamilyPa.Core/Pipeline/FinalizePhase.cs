using System.Globalization;
using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Reminders;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Translation;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Makes it so: stores the tasks, asks what is unclear, tells the sender once, ends the job.</summary>
public sealed class FinalizePhase(
    Database database, ReplyOutbox replies, ChatCommands commands, SeriesDates series, ReplyTranslator translator,
    IOptions<AppSettings> app, IOptions<PipelineSettings> settings, IOptions<LimitSettings> limits, ReminderReach reach) : IPhase
{
    public Phase Phase => Phase.Finalize;

    public async Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation)
    {
        // Asked for by hand before the message was understood: that comes first.
        if (job is { Classification: MessageClassification.Ordinary, StatusReason: null, Extraction: null })
            return new PhaseResult.Next(Phase.Extract);
        if (Command.IsReason(job.Classification) && !await commands.IsMeantAsync(Command.Of(job.Classification, job.Said), job, cancellation))
            return new PhaseResult.Next(Phase.Extract) { Output = batch => AddOrdinary(batch, job) };

        OutgoingMessage? message;
        try
        {
            message = await IntendAsync(job, cancellation);
        }
        catch (Exception e) when (MessageEffects.IsOutdated(e))
        {
            return new PhaseResult.Next(Phase.Finalize);
        }

        var result = message is null ? null : await replies.SendToTwilioAsync(message);
        if (result is SendResult.NotSent notSent)
        {
            await replies.StoreResultAsync(message!, result);
            throw new ReplyNotSentException(notSent);
        }

        return new PhaseResult.Done(IsRejected(job) ? "rejected" : "done", result) { IsAnswered = result is SendResult.Sent or SendResult.Rejected };
    }

    /// <summary>What looked like a command is an ordinary message.</summary>
    private static void AddOrdinary(DatabaseBatch batch, LeasedJob job) => batch
        .Add("update inbound_messages set classification = 'ordinary' where message_sid = $1", job.MessageSid)
        .Add("update processing_jobs set status_reason = null where id = $1", job.JobId);

    /// <summary>Stores tasks, questions and reply in one transaction.</summary>
    /// <returns>The reply to send; null when there is none to send any more.</returns>
    private async Task<OutgoingMessage?> IntendAsync(LeasedJob job, CancellationToken cancellation)
    {
        var extraction = job.Extraction is { } stored ? JsonSerializer.Deserialize<ExtractionResult>(stored) : null;
        var text = new ReplyText(extraction?.Language, job.Family, job.ReceivedAt, limits.Value, app.Value.BoardUrl, job.FromAddress);
        await using var batch = database.Fenced(job);
        (string? Text, Uri? Link) reply = job switch
        {
            _ when Command.IsReason(job.Classification) =>
                await commands.AnswerAsync(Command.Of(job.Classification, job.Said), job, batch, job.Sender.OptedOut, cancellation),
            _ when Keywords.IsReason(job.Classification) => (text.Keyword(job.Classification), null),
            { Classification: Reaction.Reason } => (await commands.ReactAsync(job, cancellation), null),
            { Classification: AutomaticText.Reason } => (text.NothingToDo, null),
            { Classification: AutomaticText.Repeating } => (text.SaidAgain, null),
            { Classification: AutomaticText.Repeated } => (null, null),
            { StatusReason: { } reason } => (text.Rejected(reason), null),
            _ => (await UnderstandAsync(batch, job, extraction!, text, cancellation), null),
        };
        if (reply.Text is { } said && job.PhaseInput.Missed.Count > 0 && !Keywords.IsReason(job.Classification))
        {
            reply.Text = text.WithMissed(said, job.PhaseInput.Missed.ToLookup(missed => (missed.By, missed.IsDone), missed => missed.Title));
            batch.Add(
                """
                update outbound_messages o set told_by = $1
                where o.family_id = $2 and o.is_missed and o.told_by is null and canonical_number(o.to_address) = $3
                """,
                job.MessageSid, job.Family.Id, E164Phone.Canonical(job.FromAddress));
        }

        if (reply.Text is { } composed)
            reply.Text = await translator.TranslateAsync(composed, extraction, job, cancellation);
        var message = new OutgoingMessage(ReplyKind.Reply, job.Family.Id, job.MessageSid, job.FromAddress, job.ToAddress, reply.Text ?? "")
        {
            SuppressedBecause = Keywords.IsAnsweredByTwilio(job.Classification, job.Body, job.FromAddress, job.PhaseInput.IsRecognisedKeyword) ? "answered_by_twilio" : reply.Text is null ? "not_answered" : null,
            ConfirmsStop = job.Classification == Keyword.Stop.Reason(),
            AddSecret = reply.Link is { } link ? body => LoginLinks.Fill(body, link) : null,
        };
        var intent = await replies.StoreIntentAsync(ReplyOutbox.AddIntent(batch, message), message, cancellation);
        if (extraction?.HasRules is true)
            await series.FillAsync(cancellation);
        return intent;
    }

    /// <summary>Adds to the reply's batch what the message brings about. Changes to existing tasks come first, since the reply tells what became of them.</summary>
    private async Task<string> UnderstandAsync(DatabaseBatch reply, LeasedJob job, ExtractionResult extraction, ReplyText text, CancellationToken cancellation)
    {
        var deletions = extraction.List is { Delete: true } all ? await commands.DeletionsAsync(all, job, cancellation) : [];
        if (deletions.Count > 0)
            extraction = extraction with { List = null };
        if (extraction is { List: { } only, Tasks: [], Changes: null, ClarifyingQuestion: null, IsIncomplete: false, AlreadyThere: null, Withdrawn: null or [] })
            return await commands.ListAsync(only, extraction.Language, job, reply, cancellation);

        // An unknown or ambiguous member leads to a question, and that change is not made at all.
        var unknown = extraction.Changes?.Select(change => Unknown(change.Assignees, job.Family)).FirstOrDefault(name => name is not null);
        var (changes, pending) = Decide(extraction, deletions, job.Family);
        await using var separate = changes.Count > 0 || extraction.List is not null ? database.Fenced(job) : null;
        var batch = separate ?? reply;
        var understanding = Understand(batch, job, extraction, text);
        if (separate is not null)
        {
            var changed = await TaskChanges.ReadAsync(TaskChanges.Add(separate, job, changes), job, changes, cancellation);
            understanding = understanding with { Changed = changed, IsReminderLost = understanding.IsReminderLost || changed.Any(change => reach.IsLost(change, job)) };
        }

        if (unknown is not null)
            understanding = understanding with { Question = $"{understanding.Question} {text.Who(unknown, job.Family)}".Trim() };
        if (pending.Count > 0)
        {
            var question = text.Confirm(pending.Select(change => TaskChanges.Describe(change, "changed", job.Family)));
            ChatTurns.AddPending(reply, job, Facts.Unmark(question), pending);
            understanding = understanding with { Question = $"{understanding.Question} {question}".Trim() };
        }

        var (said, shown) = text.Understood(understanding, job.PhaseInput.Missed.Count > 0);
        if (shown < understanding.Tasks.Count + understanding.Changed.Count)
            ChatTurns.AddShown(reply, job, shown);
        // The list shows what the message has changed.
        return extraction.List is { } query ? await commands.ListAsync(query, extraction.Language, job, reply, cancellation, said) : said;
    }

    /// <summary>Which changes are made, and which the sender has to confirm.</summary>
    /// <param name="deletions">Of all that match a request.</param>
    private (IReadOnlyList<TaskChange> Changes, IReadOnlyList<TaskChange> Pending) Decide(ExtractionResult extraction, IReadOnlyList<TaskChange> deletions, Family family)
    {
        List<TaskChange> all = [.. (extraction.Changes ?? []).Where(change => Unknown(change.Assignees, family) is null)];
        if (extraction.Confirmed is not null)
            return (all, []);
        var asksFirst = deletions.Count > 0 || TaskChanges.NeedConfirmation(all);
        var decided = all.ToLookup(change =>
            change.Confidence >= settings.Value.ReviewBelowConfidence && !(asksFirst && change.Operation == TaskOperations.Delete));
        return ([.. decided[true]], [.. decided[false].Concat(deletions).DistinctBy(change => (change.TaskId, change.Operation))]);
    }

    private static string? Unknown(IReadOnlyList<string>? names, Family family) => names?.FirstOrDefault(name => family.Find(name) is null);

    private Understanding Understand(DatabaseBatch batch, LeasedJob job, ExtractionResult extraction, ReplyText text)
    {
        var effects = new MessageEffects(batch, job);
        List<(int Ordinal, UnderstoodTask Task)> stored = [];
        List<string> alreadyThere = [.. extraction.AlreadyThere ?? []];
        string? unclear = null;
        var heard = string.Join(' ', job.PhaseInput.Transcripts.Select(transcript => transcript.Text).Where(said => said.Length > 0));
        var said = $"{job.Body} {heard}";
        foreach (var (ordinal, task) in extraction.Tasks.Index())
        {
            var recurrence = Recurrence.Parse(task.Rule);
            var due = Date(task.DueAt ?? recurrence?.First(job.Family.DayOf(job.ReceivedAt)).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), job.Family);
            var unknown = Unknown(task.Assignees, job.Family);
            if (unknown is not null)
                unclear = text.Who(unknown, job.Family);
            var understood = new UnderstoodTask(
                task.Title,
                due,
                job.Family.FindAll(task.Assignees),
                task.Confidence < settings.Value.ReviewBelowConfidence || unknown is not null,
                task.Answers is not null)
            {
                RemindAt = (Date(task.RemindAt, job.Family) ?? due) is { AllDay: false } at ? at.At : null,
                Recurrence = recurrence,
                List = task.Category is { } list && (!TaskCategories.All.Contains(list) || ListNames.IsCalled(list, said)) ? list : null,
            };
            if (task.Answers is null && IsAlreadyThere(understood, task.Category, job))
            {
                alreadyThere.Add(task.Title);
                continue;
            }

            stored.Add((ordinal, understood));
        }

        if (settings.Value.SameWishWithin > TimeSpan.Zero)
            effects.Lock([.. stored.Where(one => !one.Task.Completes).Select(one => one.Task.Title)]);
        foreach (var (ordinal, understood) in stored)
            effects.Store(ordinal, extraction.Tasks[ordinal], understood);

        List<UnderstoodTask> tasks = [.. stored.Select(one => one.Task)];

        var withdrawn = job.PhaseInput.Questions.Where(question => extraction.Withdrawn?.Contains(question.Id) is true).ToList();
        if (tasks.Count > 0 || extraction.Changes is not null || withdrawn.Count > 0)
        {
            var shown = stored.OrderBy(one => one.Task.Completes).Select(one => (one.Ordinal, extraction.Tasks[one.Ordinal].Answers));
            ChatTurns.AddReply(batch, job, [.. shown, .. withdrawn.Select(question => (-1, (Guid?)question.Id))]);
        }

        withdrawn.ForEach(effects.Withdraw);
        if (job.PhaseInput.Questions.FirstOrDefault(question => question.Id == extraction.Confirmed) is { } confirmed)
            effects.Withdraw(confirmed);

        var question = $"{text.Asked(extraction.ClarifyingQuestion)} {unclear}".Trim() is { Length: > 0 } asked ? asked
            : (extraction.IsIncomplete ? text.Incomplete : tasks.Exists(task => task.NeedsReview) ? text.IsThatRight : null);
        if (question is not null)
            effects.Ask(Facts.Unmark(question), extraction.Tasks, stored);

        return new Understanding(
            heard,
            tasks,
            [.. withdrawn.Select(asked => asked.Title).OfType<string>()],
            question,
            [.. job.PhaseInput.Files.Select(file => file.Reason).OfType<string>()])
        {
            Pictures = job.PhaseInput.Files.Count(file => file.IsPicture),
            AlreadyThere = alreadyThere,
            IsDeclined = extraction is { Confirmed: not null, Changes: null } || withdrawn.Exists(asked => asked.Pending is not null),
            IsReminderLost = tasks.Exists(task => reach.IsLost(task, job)),
        };
    }

    private static DueDate? Date(string? text, Family family) => text is not null && DueDate.TryParse(text, family.TimeZone, out var date) ? date : null;

    /// <summary>The reason of a keyword, a command or a reaction is its answer; any other reason is a rejection.</summary>
    private static bool IsRejected(LeasedJob job) =>
        job.StatusReason is not null && !MessageClassification.IsWorkedOn(job.Classification);

    /// <summary>Whether the family has an equal open task of the last day, or one on that list.</summary>
    private bool IsAlreadyThere(UnderstoodTask task, string? category, LeasedJob job)
    {
        var within = settings.Value.SameWishWithin;
        var isItem = task.List is not null || category == TaskCategories.Shopping;
        return within > TimeSpan.Zero && job.PhaseInput.Recent.Any(recent =>
            (recent.Category == category || (IsDefault(recent.Category) && IsDefault(category)))
            && (recent.CreatedAt > job.ReceivedAt - within || (isItem && recent.Category == category))
            && recent.DueAt == task.Due?.At && task.Assignees.All(member => recent.Assignees.Contains(member.UserId))
            && TaskNames.Words(recent.Title) == TaskNames.Words(task.Title));

        // Which of them it is was perhaps the model's guess.
        static bool IsDefault(string? list) => list is null || TaskCategories.All.Contains(list);
    }
}
