using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Pipeline;

/// <summary>Which message to run again, and from where.</summary>
/// <param name="FromPhase">Named: the phase and those after it are done anew. Not named: the job goes on where it failed.</param>
/// <param name="DryRun">Only say what would happen.</param>
public sealed record ReplayRequest(string? MessageSid, Guid? WebhookEventId, Phase? FromPhase, bool DryRun);

/// <param name="Outcome">replayed | would_replay | already_done (named no phase) | in_progress.</param>
public sealed record ReplayResult(Guid JobId, string MessageSid, string Status, int Generation, string Phase, string Outcome);

/// <summary>Runs a stored message again. The same keys hold, so what it did before it does not do twice.</summary>
public sealed class Replay(Database database, PhaseQueues queues, ILogger<Replay> log)
{
    /// <returns>Null when there is no such message.</returns>
    public async Task<ReplayResult?> RunAsync(ReplayRequest request, string requestId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select * from replay_job($1, $2, $3, $4, $5)",
            request.MessageSid, request.WebhookEventId, request.FromPhase?.Name(), request.DryRun, requestId);
        var result = await batch.SingleAsync(
            row => row.IsDBNull(0)
                ? null
                : new ReplayResult(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5)),
            cancellation);
        if (result is { Outcome: "replayed" })
        {
            log.Replayed(result.MessageSid, requestId, result.Phase, result.Generation);
            // Committed before it is sent: if this fails, the sweeper sends it.
            await queues.SendAsync(Phases.Parse(result.Phase), new JobMessage(result.MessageSid, result.Generation), cancellation);
        }

        return result;
    }
}
