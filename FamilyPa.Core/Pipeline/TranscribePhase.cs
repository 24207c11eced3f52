using Azure;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Media;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Transcription;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Pipeline;

/// <summary>Listens: turns each recording into text. What a part said is stored before the next is listened to, so that nothing is paid for twice.</summary>
public sealed class TranscribePhase(
    Database database, MediaStore media, Transcriber transcriber, BudgetReservations ledger, ILogger<TranscribePhase> log) : IPhase
{
    public Phase Phase => Phase.Transcribe;

    public async Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation)
    {
        // Asked for by hand before the recordings were fetched: that comes first.
        if (job.PhaseInput.Files.Count < job.PhaseInput.Media.Count)
            return new PhaseResult.Next(Phase.Download);

        var answered = false;
        var heard = job.PhaseInput.Transcripts.Any(transcript => transcript.Text.Length > 0);
        var refused = job.PhaseInput.Files.Select(file => file.Reason).FirstOrDefault(reason => reason is not null);
        foreach (var file in Unheard(job.PhaseInput))
        {
            var (speech, reason, deferred) = await ListenAsync(job, file, cancellation);
            if (deferred is not null)
                return deferred;
            log.ModelAnswered(job, speech?.Usage);
            await StoreAsync(job, file, speech, reason, cancellation);
            answered |= speech is not null;
            heard |= speech is { Text.Length: > 0 };
            refused ??= reason;
        }

        var isLegible = heard || !string.IsNullOrWhiteSpace(job.Body) || job.PhaseInput.Files.Any(file => file.IsPicture || file.IsText);
        var result = isLegible ? new PhaseResult.Next(Phase.Extract) : new PhaseResult.Rejected(refused ?? MediaReason.NoSpeech);
        return result with { IsAnswered = answered };
    }

    private static IEnumerable<MediaFile> Unheard(PhaseInput input) => input.Files
        .Where(file => file is { Reason: null, IsPicture: false, IsText: false } && input.Transcripts.All(transcript => transcript.Ordinal != file.Ordinal));

    /// <returns>The transcript, the reason why there is none, or the deferral by the budget.</returns>
    private async Task<(HeardSpeech? Speech, string? Reason, PhaseResult.Deferred? Deferred)> ListenAsync(
        LeasedJob job, MediaFile file, CancellationToken cancellation)
    {
        if (file.BlobName is null)
            return (null, MediaReason.Unavailable, null);
        if (Transcriber.IsTooShort(file.Seconds))
            return (null, MediaReason.TooShort, null);
        try
        {
            await using var sound = await media.OpenAsync(file.BlobName, cancellation);
            if (await ledger.ReserveAsync(job, transcriber.Worst(file.Seconds), cancellation) is { } deferred)
                return (null, null, deferred);
            var speech = await transcriber.TranscribeAsync(sound, AudioFormat.FileName(file.ContentType), file.Seconds, job.Family, cancellation);
            // Its container said less than there was. It has been paid for, and is not worked on all the same.
            return transcriber.IsTooLong(speech.Seconds) ? (speech with { Text = "" }, MediaReason.TooLong, null) : (speech, null, null);
        }
        catch (UnreadableAudioException e)
        {
            return (null, e.Reason, null);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (null, MediaReason.Unavailable, null);
        }
    }

    private async Task StoreAsync(LeasedJob job, MediaFile file, HeardSpeech? speech, string? reason, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(job);
        if (reason is not null)
            batch.Add("update media_files set reason = $3 where message_sid = $1 and ordinal = $2", job.MessageSid, file.Ordinal, reason);
        // Nothing was heard, so nothing is charged.
        if (speech is null)
            BudgetReservations.AddRelease(batch, job);
        else
            batch.Add(
                """
                with heard as (
                  insert into voice_transcriptions (family_id, message_sid, ordinal, media_url, transcript, language, seconds, deployment, cost_usd)
                  select $1, $2, $3, (select media_url from media_files where message_sid = $2 and ordinal = $3), $4, $5, $6, $7, $8
                  on conflict (message_sid, ordinal) do nothing
                  returning cost_usd)
                insert into ai_usage (family_id, message_sid, attempt_id, phase, deployment, input_tokens, output_tokens, audio_seconds, cost_usd)
                select $1, $2, $9, $10, $7, $11, $12, $6, cost_usd from heard
                """,
                job.Family.Id, job.MessageSid, file.Ordinal, PgText.Clean(speech.Text), speech.Language, speech.Seconds,
                speech.Usage.Deployment, speech.Usage.CostUsd, job.AttemptId, Phase.Name(), speech.Usage.InputTokens, speech.Usage.OutputTokens);
        await batch.ExecuteDurablyAsync(cancellation);
    }
}
