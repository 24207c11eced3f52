using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Queues;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Pipeline;

/// <summary>One function per phase queue. <see cref="JobMessage"/> documents the accepted bodies.</summary>
public sealed class PhaseFunctions(PhaseRunner runner)
{
    [Function("Download")]
    public Task Download([QueueTrigger("download")] string body, CancellationToken cancellation) => runner.RunAsync(Phase.Download, body, cancellation);

    [Function("Transcribe")]
    public Task Transcribe([QueueTrigger("transcribe")] string body, CancellationToken cancellation) => runner.RunAsync(Phase.Transcribe, body, cancellation);

    [Function("Extract")]
    public Task Extract([QueueTrigger("extract")] string body, CancellationToken cancellation) => runner.RunAsync(Phase.Extract, body, cancellation);

    [Function("Finalize")]
    public Task Finalize([QueueTrigger("finalize")] string body, CancellationToken cancellation) => runner.RunAsync(Phase.Finalize, body, cancellation);
}
