using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Verification;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Functions.Webhooks;

/// <summary>Answers refused callers in general terms, and notes for us what it was.</summary>
public sealed class WebhookRefusals(VerificationFailures failures, ILogger<WebhookRefusals> log)
{
    /// <summary>A refusal is not held up by a database that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<IResult> AnswerAsync(HttpContext http, Refusal refusal, CancellationToken cancellation)
    {
        var address = CallerAddress.Of(http);
        log.WebhookRefused(http.TraceIdentifier, "verify", refusal.Reason, address, http.Request.ContentLength);
        Meters.VerificationRefused(refusal.Reason);
        try
        {
            await failures.CountAsync(address, refusal.Reason, cancellation).WaitAsync(Patience, cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.RefusalNotCounted(http.TraceIdentifier, ErrorCode.Of(e));
        }

        if (refusal.Status == StatusCodes.Status405MethodNotAllowed)
            http.Response.Headers.Allow = HttpMethods.Post;
        return Problem.Of(http, refusal.Status, refusal.Status == StatusCodes.Status401Unauthorized ? "unauthorized" : refusal.Reason);
    }
}
