using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Resilience;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Functions.Webhooks;

/// <summary>Answers refused callers in general terms, and notes for us what it was.</summary>
public sealed class WebhookRefusals(VerificationFailures failures, CallerAddress callers, ILogger<WebhookRefusals> log)
{
    /// <summary>A refusal is not held up by a database that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<IResult> AnswerAsync(HttpContext http, Refusal refusal, CancellationToken cancellation)
    {
        var networks = callers.NetworksOf(http);
        if (failures.Add(networks) is var (full, count))
            return AnswerTooMany(http, full, count);
        var address = networks[0];
        log.WebhookRejected(http.TraceIdentifier, "verify", refusal.Reason, address.Key, http.Request.ContentLength);
        Meters.VerificationRejected(refusal.Reason);
        try
        {
            var total = await failures.StoreAsync(address.Key, refusal.Reason, cancellation).WaitAsync(Patience, cancellation);
            if (failures.IsOver(address, total))
                return AnswerTooMany(http, address, total);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.RejectionNotCounted(http.TraceIdentifier, ErrorCode.Of(e));
        }

        if (refusal.Status == StatusCodes.Status405MethodNotAllowed)
            http.Response.Headers.Allow = HttpMethods.Post;
        return Problem.Of(http, refusal.Status, refusal.Status == StatusCodes.Status401Unauthorized ? "unauthorized" : refusal.Reason);
    }

    /// <summary>Costs no database work, and one line a minute.</summary>
    private IResult AnswerTooMany(HttpContext http, CallerNetwork network, int count)
    {
        Meters.LimitActed("verification_failures");
        if (!failures.IsOver(network, count - 1))
            log.VerificationLimitReached(http.TraceIdentifier, "verify", network.Key, failures.MostOf(network), count);
        return Problem.TooMany(http, "too_many_refusals", failures.SecondsLeft());
    }
}
