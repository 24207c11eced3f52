using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Queues;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Jobs;

internal static class ModelUsageLog
{
    /// <summary>A line for each call that was paid for: what a family costs is added up from them.</summary>
    public static void ModelAnswered(this ILogger log, LeasedJob claim, ModelUsage? usage)
    {
        if (usage is not null)
        {
            log.ModelAnswered(
                claim.MessageSid, claim.AttemptId, claim.Phase.Name(), claim.Family.Id, usage.Deployment, usage.InputTokens, usage.OutputTokens,
                usage.AudioSeconds, usage.CostUsd);
        }
    }
}
