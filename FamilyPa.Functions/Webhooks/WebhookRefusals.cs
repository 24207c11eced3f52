using System.Net;
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
        var address = AddressOf(http);
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

    /// <summary>The caller as the platform names it: the connection's own peer is the Functions host.</summary>
    private static string AddressOf(HttpContext http)
    {
        foreach (var header in (string[])["X-Azure-ClientIP", "Client-IP"])
        {
            if (IPAddress.TryParse(http.Request.Headers[header].ToString(), out var address))
                return address.ToString();
        }

        return http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
    }
}
