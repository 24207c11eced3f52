using System.Text.Json;
using FamilyPa.Core.Canary;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Pipeline;

/// <summary>Understands the message: which tasks it holds, which questions of ours it answers, and what is unclear.</summary>
public sealed class ExtractPhase(
    Database database, JobStore jobs, TaskExtractor extractor, CostLedger ledger, ILogger<ExtractPhase> log) : IPhase
{
    public Phase Phase => Phase.Extract;

    public async Task<Phase?> RunAsync(LeasedJob claim, CancellationToken cancellation)
    {
        var words = Words(claim);
        if (claim.Extraction is not null)
        {
            // Understood by an earlier try and paid for once: that answer stands.
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation);
        }
        else if (claim.MediaCount == 0 && (Keywords.Read(claim.Body, null).Reason() ?? CommandReader.Read(claim.Body)?.Reason) is { } asked)
        {
            // Replayed after its reason was lost, as a failed job's is: it costs nothing and becomes no task all the same.
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation, asked);
        }
        else if (words.Text.Length == 0)
        {
            await jobs.AdvanceAsync(claim, Phase.Finalize, cancellation, reason: "empty_message");
        }
        else
        {
            (ExtractionResult result, ModelUsage? usage) = CanaryFamily.Is(claim.Family) ? (CanaryFamily.Understood, null) : await extractor.ExtractAsync(
                words, claim.Sender, claim.Family, claim.PhaseInput.Questions, claim.ReceivedAt, worst => ledger.ReserveAsync(claim, worst, cancellation), cancellation);
            claim.IsAnswered = true;
            log.ModelAnswered(claim, usage);
            await using var batch = database.Fenced(claim).Add(
                "update processing_jobs set extraction = $2::jsonb where id = $1", claim.JobId, JsonSerializer.Serialize(result));
            JobStore.AddUsage(batch, claim, usage);
            await jobs.EndAsync(jobs.AddAdvance(batch, claim, Phase.Finalize), claim, cancellation);
        }

        return Phase.Finalize;
    }

    /// <summary>Caption and recordings are one message.</summary>
    private static SenderWords Words(LeasedJob claim)
    {
        var spoken = claim.PhaseInput.Transcripts.Select(transcript => transcript.Text).Where(text => text.Length > 0).ToList();
        var all = string.Join('\n', spoken.Prepend(claim.Body.Trim()).Where(text => text.Length > 0));
        return new SenderWords(all, spoken.Count > 0, claim.PhaseInput.Forwarded);
    }
}
