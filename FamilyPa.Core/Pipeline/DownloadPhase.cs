using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Pipeline;

/// <summary>Media cannot be read yet: a caption goes on alone, a message without one is refused, and its sender is told so.</summary>
public sealed class DownloadPhase(JobStore jobs) : IPhase
{
    public Phase Phase => Phase.Download;

    public async Task<Phase?> RunAsync(Claim claim, CancellationToken cancellation)
    {
        var hasCaption = !string.IsNullOrWhiteSpace(claim.Body);
        var next = hasCaption ? Phase.Extract : Phase.Finalize;
        await jobs.AdvanceAsync(claim, next, cancellation, reason: hasCaption ? null : "unsupported_media");
        return next;
    }
}
