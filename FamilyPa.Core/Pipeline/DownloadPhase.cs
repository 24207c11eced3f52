using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Media;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Pipeline;

/// <summary>Fetches what was attached. Recordings and pictures are kept and go on; what cannot be worked on gets a reason, and stops only a message that has nothing else.</summary>
public sealed class DownloadPhase(
    MediaDownloader downloader, MediaFiles rows, TwilioMedia twilio,
    IOptions<LimitSettings> limits, IOptions<PipelineSettings> settings, ILogger<DownloadPhase> log) : IPhase
{
    /// <summary>Before this try of a message Twilio may not have its media ready yet.</summary>
    private const int ReadyByAttempt = 3;

    public Phase Phase => Phase.Download;

    public async Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation)
    {
        // What an earlier try has kept or refused for good is not fetched again.
        var files = job.PhaseInput.Files.Where(IsSettled).ToList();
        foreach (var part in job.PhaseInput.Media)
        {
            if (!files.Exists(file => file.Ordinal == part.Ordinal))
                files.Add(await FetchAsync(job, part, Left(job, files), cancellation));
        }

        if (settings.Value.DeleteTwilioMedia)
            await DeleteAtTwilioAsync(job, files, cancellation);

        var result = files.Exists(file => IsKept(file) && file is { IsPicture: false, IsText: false }) ? new PhaseResult.Next(Phase.Transcribe)
            : files.Exists(IsKept) ? new PhaseResult.Next(Phase.Extract)
            : string.IsNullOrWhiteSpace(job.Body) ? new PhaseResult.Rejected(ReasonOf(job, files))
            : new PhaseResult.Next(Phase.Extract);
        return result with { IsAnswered = files.Exists(WasSeen) };
    }

    private static bool IsKept(MediaFile file) => file is { Reason: null, BlobName: not null };

    /// <summary>Whether its bytes were seen.</summary>
    private static bool WasSeen(MediaFile file) => file.Reason is not (MediaReason.Unavailable or MediaReason.Forbidden);

    private static bool IsSettled(MediaFile file) => IsKept(file) || (file.Reason is not null && WasSeen(file));

    private MediaAllowance Left(LeasedJob job, IReadOnlyCollection<MediaFile> files) => new(
        limits.Value.MaxAudioMinutes * 60 - files.Where(IsKept).Sum(file => file.Seconds ?? 0),
        limits.Value.MaxPictures - files.Count(file => IsKept(file) && file.IsPicture),
        Address.IsSms(job.FromAddress));

    private async Task<MediaFile> FetchAsync(LeasedJob job, MediaPart part, MediaAllowance left, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var found = await downloader.FetchAsync(job.MessageSid, part, left, job.Attempt < ReadyByAttempt, cancellation);
        await rows.StoreAsync(job, part, found, cancellation);
        var file = found.File;
        if (file.Reason == MediaReason.Forbidden)
            log.AttachmentForbidden(job.MessageSid, Phase.Name(), part.Ordinal, found.ForbiddenHost);
        log.AttachmentChecked(
            job.MessageSid, Phase.Name(), part.Ordinal, job.Family.Id, file.Reason ?? "kept", file.ContentType, found.Size, file.Seconds,
            (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return file;
    }

    /// <summary>Whether Twilio's copy is of no more use: we have it, or never take its kind. One that was too large, too long or damaged may be taken by a replay, once a limit was raised.</summary>
    private static bool IsDispensable(MediaFile file) =>
        IsKept(file) || file.Reason is MediaReason.Image or MediaReason.Video or MediaReason.Document or MediaReason.Contact or MediaReason.Audio or MediaReason.Unknown;

    /// <summary>A copy that stays at Twilio is no reason to hold up the message.</summary>
    private async Task DeleteAtTwilioAsync(LeasedJob job, List<MediaFile> files, CancellationToken cancellation)
    {
        var dispensable = job.PhaseInput.Media.Where(part => files.Exists(file => file.Ordinal == part.Ordinal && IsDispensable(file)));
        var results = await Task.WhenAll(dispensable.Select(async part => (part.Ordinal, Error: await twilio.DeleteAsync(part.Url, job.MessageSid, cancellation))));
        foreach (var (ordinal, error) in results)
        {
            if (error is not null)
                log.AttachmentNotDeleted(job.MessageSid, Phase.Name(), ordinal, error);
        }

        if (results.Where(result => result.Error is null).Select(result => result.Ordinal).ToArray() is { Length: > 0 } deleted)
            await rows.MarkDeletedAtProviderAsync(job.MessageSid, deleted, cancellation);
    }

    /// <summary>The reason that helps the sender most: that of the first recording, or of the first attachment where none was meant as one.</summary>
    private static string ReasonOf(LeasedJob job, List<MediaFile> files)
    {
        var inOrder = files.OrderBy(file => file.Ordinal).ToList();
        return (inOrder.Find(IsRecording) ?? inOrder.FirstOrDefault())?.Reason ?? MediaReason.Unavailable;

        bool IsRecording(MediaFile file) =>
            (file.ContentType ?? job.PhaseInput.Media.FirstOrDefault(part => part.Ordinal == file.Ordinal)?.DeclaredType)
                ?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) ?? false;
    }
}
