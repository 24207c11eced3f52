using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Limits;

/// <summary>
/// Sees to it that AI never costs more in a day than it may. What a call may cost at most is reserved before it. Its end settles that by itself:
/// a charge that is noted takes the reservation's place, an attempt that ends without one is charged the worst, unless it certainly cost nothing.
/// </summary>
public sealed class CostLedger(Database database, DeferredJobDispatcher dispatcher, JobLimits jobLimits, IOptions<LimitSettings> limits)
{
    /// <summary>Reserves the worst that one call to a model can cost, retries after certainly unpaid failures included.</summary>
    /// <exception cref="DeferredException">The budget does not allow it now.</exception>
    public async Task ReserveAsync(LeasedJob claim, ModelUsage worst, CancellationToken cancellation)
    {
        var settings = limits.Value;
        await using var batch = database.Fenced(claim).Add(
            "select * from reserve_call($1, $2, $3, $4, $5, read_limits($6))",
            claim.AttemptId, worst.Deployment, worst.CostUsd, settings.DailyCostPerFamilyUsd, settings.DailyCostGlobalUsd, jobLimits.Json);
        var steps = await batch.ListAsync(PostCommitAction.Read, cancellation);
        if (steps[0].Kind != "reserved")
            throw new DeferredException(steps);
        await dispatcher.FollowAsync(steps);
    }
}
