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
    Database database, JobStore jobs, MediaStore media, Transcriber transcriber, CostLedger ledger, ILogger<TranscribePhase> log) : IPhase
{
    public Phase Phase => Phase.Transcribe;

    public async Task<Phase?> RunAsync(LeasedJob claim, CancellationToken cancellation)
    {
        if (claim.PhaseInput.Files.Count < claim.PhaseInput.Media.Count)
        {
            // Asked for by hand before the recordings were fetched: that comes first.
            await jobs.AdvanceAsync(claim, Phase.Download, cancellation);
            return Phase.Download;
        }

        var heard = claim.PhaseInput.Transcripts.Any(transcript => transcript.Text.Length > 0);
        var refused = claim.PhaseInput.Files.Select(file => file.Reason).FirstOrDefault(reason => reason is not null);
        foreach (var file in Unheard(claim.PhaseInput))
        {
            var (speech, reason) = await ListenAsync(claim, file, cancellation);
            log.ModelAnswered(claim, speech?.Usage);
            await StoreAsync(claim, file, speech, reason, cancellation);
            claim.IsAnswered |= speech is not null;
            heard |= speech is { Text.Length: > 0 };
            refused ??= reason;
        }

        if (heard || !string.IsNullOrWhiteSpace(claim.Body))
        {
            await jobs.AdvanceAsync(claim, Phase.Extract, cancellation);
            return Phase.Extract;
        }

        await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation, refused ?? "no_speech");
        return Phase.Finalize;
    }

    private static IEnumerable<MediaFile> Unheard(PhaseInput material) => material.Files
        .Where(file => file.Reason is null && material.Transcripts.All(transcript => transcript.Ordinal != file.Ordinal));

    private async Task<(HeardSpeech? Speech, string? Reason)> ListenAsync(LeasedJob claim, MediaFile file, CancellationToken cancellation)
    {
        if (file.BlobName is null)
            return (null, "media_unavailable");
        try
        {
            await using var sound = await media.OpenAsync(file.BlobName, cancellation);
            await ledger.ReserveAsync(claim, transcriber.Worst(file.Seconds), cancellation);
            var speech = await transcriber.TranscribeAsync(sound, AudioFormat.FileName(file.ContentType), file.Seconds, claim.Family, cancellation);
            // Its container said less than there was. It has been paid for, and is not worked on all the same.
            return transcriber.IsTooLong(speech.Seconds) ? (speech with { Text = "" }, MediaReason.TooLong) : (speech, null);
        }
        catch (UnreadableAudioException)
        {
            return (null, "unsupported_audio");
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (null, "media_unavailable");
        }
    }

    private async Task StoreAsync(LeasedJob claim, MediaFile file, HeardSpeech? speech, string? reason, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim);
        if (reason is not null)
            batch.Add("update media_files set reason = $3 where message_sid = $1 and ordinal = $2", claim.MessageSid, file.Ordinal, reason);
        // Nothing was heard, so nothing is charged.
        if (speech is null)
            batch.Add("select end_reservation(id, 'released', 0) from ai_reservations where attempt_id = $1 and status = 'reserved'", claim.AttemptId);
        else
            batch.Add(
                """
                with heard as (
                  insert into voice_transcriptions (family_id, message_sid, ordinal, media_url, transcript, language, seconds, deployment, cost_usd)
                  select $1, $2, $3, (select media_url from media_files where message_sid = $2 and ordinal = $3), $4, $5, $6, $7, $8
                  on conflict (message_sid, ordinal) do nothing
                  returning cost_usd)
                insert into ai_usage (family_id, message_sid, attempt_id, phase, deployment, audio_seconds, cost_usd)
                select $1, $2, $9, $10, $7, $6, cost_usd from heard
                """,
                claim.Family.Id, claim.MessageSid, file.Ordinal, PgText.Clean(speech.Text), speech.Language, speech.Seconds,
                speech.Usage.Deployment, speech.Usage.CostUsd, claim.AttemptId, Phase.Name());
        await batch.ExecuteDurablyAsync(cancellation);
    }
}
