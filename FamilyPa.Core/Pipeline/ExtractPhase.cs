using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Media;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Pipeline;

/// <summary>Understands the message: which tasks it holds, which questions of ours it answers, and what is unclear.</summary>
public sealed class ExtractPhase(ITaskExtractor extractor, ChatCommands commands, MediaStore media, BudgetReservations ledger, ILogger<ExtractPhase> log) : IPhase
{
    public Phase Phase => Phase.Extract;

    public async Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation)
    {
        // A keyword or command needs no model. An earlier attempt's answer was paid for, and stands.
        if (job.Classification != MessageClassification.Ordinary || job.Extraction is not null)
            return new PhaseResult.Next(Phase.Finalize);

        if (SpokenCommand(job) is { } command && await commands.IsMeantAsync(command, job, cancellation))
        {
            return new PhaseResult.Next(Phase.Finalize)
            {
                Output = batch => batch.Add("update inbound_messages set classification = $2 where message_sid = $1", job.MessageSid, command.Reason),
            };
        }

        var words = await WordsAsync(job, cancellation) with { Pictures = await PicturesAsync(job, cancellation) };
        if (words is { Text.Length: 0, Pictures.Count: 0 })
            return new PhaseResult.Rejected(job.PhaseInput.Files.Any(file => file.IsPicture) ? MediaReason.Unavailable : "empty_message");

        if (Answered(job, words) is { } answered && words.Pictures.Count == 0)
            return new PhaseResult.Next(Phase.Finalize) { Extraction = JsonSerializer.Serialize(answered) };

        var request = new ExtractionRequest(words, job.Sender, job.Family, job.PhaseInput.Questions, job.ReceivedAt)
        {
            // Text that is only in a picture changes no existing task.
            Tasks = words.Text.Length == 0 ? [] : job.PhaseInput.Tasks,
            Lists = [.. job.PhaseInput.Lists.Except(TaskCategories.All)],
        };
        PhaseResult.Deferred? deferred = null;
        ExtractionResult extraction;
        ModelUsage? usage;
        try
        {
            if (await extractor.ExtractAsync(request, ReserveAsync, cancellation) is not var (result, cost))
                return deferred!;
            (extraction, usage) = (Confirm(result, job), cost);
        }
        catch (ModelAnswerException e) when (e.RejectionReason is { } reason)
        {
            log.ModelAnswerUnusable(job.MessageSid, job.AttemptId, reason, e.Code);
            log.ModelAnswered(job, e.Usage);
            return new PhaseResult.Rejected(reason) { IsAnswered = true, Output = batch => BudgetReservations.AddUsage(batch, job, e.Usage) };
        }

        log.ModelAnswered(job, usage);
        return new PhaseResult.Next(Phase.Finalize)
        {
            IsAnswered = true,
            Extraction = JsonSerializer.Serialize(extraction),
            Output = batch =>
            {
                // Some transcription models return no language.
                if (words.Spoken && extraction.Language is { } language)
                    batch.Add("update voice_transcriptions set language = split_part(lower($2), '-', 1) where message_sid = $1 and language is null", job.MessageSid, language);
                BudgetReservations.AddUsage(batch, job, usage);
            },
        };

        async Task<bool> ReserveAsync(ModelUsage worst) => (deferred = await ledger.ReserveAsync(job, worst, cancellation)) is null;
    }

    /// <summary>The command in a message that is a single recording; null for any other message.</summary>
    private static Command? SpokenCommand(LeasedJob job)
    {
        if (job is not { PhaseInput: { Forwarded: false, Media: [_], Transcripts: [_] } } || !string.IsNullOrWhiteSpace(job.Body))
            return null;
        // A word may be misheard, and nobody sees it. So a spoken STOP gets the help, which says to write it.
        return Keywords.Read(job.Said, null, isWhatsApp: true) == Keyword.None ? CommandReader.Read(job.Said) : new Command(CommandKind.Help, []);
    }

    /// <summary>A plain yes or no to changes that we asked about needs no model.</summary>
    private static ExtractionResult? Answered(LeasedJob job, SenderWords words) =>
        job.PhaseInput.Questions is [.., { Pending: { } pending } question] && Keywords.Answer(words.Text) is { } isYes
            ? new ExtractionResult([], null, null)
            {
                Confirmed = question.Id,
                Changes = isYes ? Read(pending) : null,
            }
            : null;

    /// <summary>A yes in other words. Changes that were not asked about need a message of their own.</summary>
    private static ExtractionResult Confirm(ExtractionResult result, LeasedJob job)
    {
        if (job.PhaseInput.Questions.FirstOrDefault(question => question.Id == result.Confirmed)?.Pending is not { } pending)
            return result;
        var confirmed = Read(pending);
        return result with
        {
            Changes = confirmed,
            List = result.List is { Delete: true } ? null : result.List,
            IsIncomplete = result.IsIncomplete || result.Changes?.Any(change => confirmed.All(asked => asked.TaskId != change.TaskId)) is true,
        };
    }

    private static IReadOnlyList<TaskChange> Read(string pending) => JsonSerializer.Deserialize<IReadOnlyList<TaskChange>>(pending) ?? [];

    /// <summary>Those that are still kept.</summary>
    private async Task<IReadOnlyList<BinaryData>> PicturesAsync(LeasedJob job, CancellationToken cancellation)
    {
        var pictures = new List<BinaryData>();
        foreach (var file in job.PhaseInput.Files.Where(file => file.IsPicture))
        {
            if (file.BlobName is { } blob && await media.ReadAsync(blob, cancellation) is { } picture)
                pictures.Add(picture);
        }

        return pictures;
    }

    /// <summary>Caption, texts and recordings are one message.</summary>
    private async Task<SenderWords> WordsAsync(LeasedJob job, CancellationToken cancellation)
    {
        List<string> typed = [job.Body.Trim()];
        foreach (var file in job.PhaseInput.Files.Where(file => file.IsText))
        {
            if (file.BlobName is { } blob && await media.ReadAsync(blob, cancellation) is { } text)
                typed.Add(PgText.Clean(text.ToString()).Trim());
        }

        var spoken = job.PhaseInput.Transcripts.Select(transcript => transcript.Text).Where(text => text.Length > 0).ToList();
        var all = string.Join('\n', typed.Concat(spoken).Where(text => text.Length > 0));
        return new SenderWords(all, spoken.Count > 0, job.PhaseInput.Forwarded);
    }
}
