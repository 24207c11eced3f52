using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Settings;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Functions.Webhooks;

/// <summary>Answers refused callers in general terms, and notes for us what it was.</summary>
public sealed class WebhookRefusals(VerificationFailures failures, IOptions<LimitSettings> limits, ILogger<WebhookRefusals> log)
{
    /// <summary>A refusal is not held up by a database that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<IResult> AnswerAsync(HttpContext http, Refusal refusal, CancellationToken cancellation)
    {
        var address = CallerAddress.NetworkOf(http);
        var count = failures.Add(address);
        if (failures.IsOver(count))
            return AnswerTooMany(http, address, count);
        log.WebhookRejected(http.TraceIdentifier, "verify", refusal.Reason, address, http.Request.ContentLength);
        Meters.VerificationRejected(refusal.Reason);
        try
        {
            var total = await failures.StoreAsync(address, refusal.Reason, cancellation).WaitAsync(Patience, cancellation);
            if (failures.IsOver(total))
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
    private IResult AnswerTooMany(HttpContext http, string address, int count)
    {
        Meters.LimitActed("verification_failures");
        if (!failures.IsOver(count - 1))
            log.VerificationLimitReached(http.TraceIdentifier, "verify", address, limits.Value.VerificationFailuresPerMinutePerAddress, count);
        return Problem.TooMany(http, "too_many_refusals", failures.SecondsLeft());
    }
}
