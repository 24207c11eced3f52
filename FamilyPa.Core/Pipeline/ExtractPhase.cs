using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.Queues;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Pipeline;

/// <summary>Understands the message: which tasks it holds, which questions of ours it answers, and what is unclear.</summary>
public sealed class ExtractPhase(ITaskExtractor extractor, CostLedger ledger, ILogger<ExtractPhase> log) : IPhase
{
    public Phase Phase => Phase.Extract;

    public async Task<PhaseResult> RunAsync(LeasedJob job, CancellationToken cancellation)
    {
        // A keyword or command needs no model. An earlier attempt's answer was paid for, and stands.
        if (job.Classification != MessageClassification.Ordinary || job.Extraction is not null)
            return new PhaseResult.Next(Phase.Finalize);

        var words = Words(job);
        if (words.Text.Length == 0)
            return new PhaseResult.Rejected("empty_message");

        var request = new ExtractionRequest(words, job.Sender, job.Family, job.PhaseInput.Questions, job.ReceivedAt);
        if (extractor.Worst(request) is { } worst && await ledger.ReserveAsync(job, worst, cancellation) is { } deferred)
            return deferred;

        var (extraction, usage) = await extractor.ExtractAsync(request, cancellation);
        log.ModelAnswered(job, usage);
        return new PhaseResult.Next(Phase.Finalize)
        {
            IsAnswered = true,
            Output = batch => CostLedger.AddUsage(
                batch.Add("update processing_jobs set extraction = $2::jsonb where id = $1", job.JobId, JsonSerializer.Serialize(extraction)), job, usage),
        };
    }

    /// <summary>Caption and recordings are one message.</summary>
    private static SenderWords Words(LeasedJob job)
    {
        var spoken = job.PhaseInput.Transcripts.Select(transcript => transcript.Text).Where(text => text.Length > 0).ToList();
        var all = string.Join('\n', spoken.Prepend(job.Body.Trim()).Where(text => text.Length > 0));
        return new SenderWords(all, spoken.Count > 0, job.PhaseInput.Forwarded);
    }
}
