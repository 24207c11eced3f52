using FamilyPa.Core.Pipeline;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Pipeline;

/// <summary>One function per phase queue. <see cref="FamilyPa.Core.Queues.JobMessage"/> documents the accepted bodies.</summary>
public sealed class PhaseFunctions(
    PhaseRunner runner, DownloadPhase download, TranscribePhase transcribe, ExtractPhase extract, FinalizePhase finalize)
{
    [Function("Download")]
    public Task Download([QueueTrigger("download")] string body, CancellationToken cancellation) => runner.RunAsync(download, body, cancellation);

    [Function("Transcribe")]
    public Task Transcribe([QueueTrigger("transcribe")] string body, CancellationToken cancellation) => runner.RunAsync(transcribe, body, cancellation);

    [Function("Extract")]
    public Task Extract([QueueTrigger("extract")] string body, CancellationToken cancellation) => runner.RunAsync(extract, body, cancellation);

    [Function("Finalize")]
    public Task Finalize([QueueTrigger("finalize")] string body, CancellationToken cancellation) => runner.RunAsync(finalize, body, cancellation);
}
