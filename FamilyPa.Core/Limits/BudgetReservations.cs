using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Limits;

/// <summary>
/// Sees to it that AI never costs more in a day than it may. What a call may cost at most is reserved before it. Its end settles that by itself:
/// a charge that is noted takes the reservation's place, an attempt that ends without one is charged the worst, unless it certainly cost nothing.
/// </summary>
public sealed class BudgetReservations(Database database, DeferredJobDispatcher dispatcher, JobLimits jobLimits, IOptions<LimitSettings> limits)
{
    /// <summary>Reserves the worst that one call to a model can cost, retries after certainly unpaid failures included.</summary>
    /// <returns>Null when it is reserved. Otherwise the budget does not allow it now, and the same transaction has deferred the job.</returns>
    public async Task<PhaseResult.Deferred?> ReserveAsync(LeasedJob claim, ModelUsage worst, CancellationToken cancellation)
    {
        var steps = await ReserveAsync(claim, worst, isOptional: false, cancellation);
        if (steps[0].Kind != "reserved")
            return new PhaseResult.Deferred(steps);
        await dispatcher.FollowAsync(steps);
        return null;
    }

    /// <summary>The same for a call to the chat model that the reply can do without: once for each message, and only while the model's breaker is closed.</summary>
    public async Task<bool> ReserveForReplyAsync(LeasedJob claim, ModelUsage worst, CancellationToken cancellation)
    {
        await using var asked = database.AsService().Add(
            """
            select not exists (select from ai_reservations where message_sid = $1 and phase = $2)
              and not exists (select from outbound_messages where message_sid = $1 and kind = 'reply')
              and exists (select from breakers where dependency = 'chat' and state = 'closed')
            """,
            claim.MessageSid, claim.Phase.Name());
        if (!await asked.SingleAsync(row => row.GetBoolean(0), cancellation))
            return false;
        var steps = await ReserveAsync(claim, worst, isOptional: true, cancellation);
        await dispatcher.FollowAsync(steps);
        return steps.Count > 0;
    }

    private async Task<List<PostCommitAction>> ReserveAsync(LeasedJob claim, ModelUsage worst, bool isOptional, CancellationToken cancellation)
    {
        var settings = limits.Value;
        await using var batch = database.Fenced(claim).Add(
            "select * from reserve_call($1, $2, $3, $4, $5, read_limits($6), $7)",
            claim.AttemptId, worst.Deployment, worst.CostUsd, settings.DefaultFamilyBudgetUsd, settings.DailyCostGlobalUsd, jobLimits.Json, isOptional);
        return await batch.ListAsync(PostCommitAction.Read, cancellation);
    }

    /// <summary>Adds what an attempt's calls to a model cost: it settles the last reservation and releases the others.</summary>
    public static DatabaseBatch AddUsage(DatabaseBatch batch, LeasedJob claim, ModelUsage? usage) => usage is null
        ? batch
        : AddRelease(batch.Add(
            """
            insert into ai_usage (family_id, message_sid, attempt_id, phase, deployment, input_tokens, output_tokens, audio_seconds, cost_usd)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            claim.Family.Id, claim.MessageSid, claim.AttemptId, claim.Phase.Name(), usage.Deployment, usage.InputTokens, usage.OutputTokens,
            usage.AudioSeconds, usage.CostUsd), claim);

    /// <summary>Releases the reservations of an attempt whose calls were not charged.</summary>
    public static DatabaseBatch AddRelease(DatabaseBatch batch, LeasedJob claim) =>
        batch.Guard("select end_reservation(id, 'released', 0) from ai_reservations where attempt_id = $1 and status = 'reserved'", claim.AttemptId);
}
