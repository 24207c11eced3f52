using System.Text.Json;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Pipeline;

/// <summary>Understands the message: which tasks it holds, and what is unclear.</summary>
public sealed class ExtractPhase(JobStore jobs, TaskExtractor extractor) : IPhase
{
    public Phase Phase => Phase.Extract;

    public async Task<Phase?> RunAsync(Claim claim, CancellationToken cancellation)
    {
        if (claim.Extraction is not null)
        {
            // Understood by an earlier try and paid for once: that answer stands.
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation);
        }
        else if (string.IsNullOrWhiteSpace(claim.Body))
        {
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation, reason: "empty_message");
        }
        else
        {
            var (result, usage) = await extractor.ExtractAsync(claim.Body, claim.Sender, claim.Family, claim.ReceivedAt, cancellation);
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation, extraction: JsonSerializer.Serialize(result), usage: usage);
        }

        return Phase.Finalize;
    }
}
