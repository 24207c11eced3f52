using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Canary;

/// <summary>Sends a signed message to the public webhook URL as Twilio does, and waits for its task. It uses neither the model nor Twilio.</summary>
public sealed class Canary(
    HttpClient http, CanaryFamily family, Database database, IOptions<AppSettings> app, IOptions<CanarySettings> settings, ILogger<Canary> log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!settings.Value.Enabled)
            return;
        var sid = MessageSids.NewSynthetic();
        using var span = Traces.Start("canary", sid);
        var started = Stopwatch.GetTimestamp();
        var (outcome, code) = await FlyAsync(sid, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(started);

        span.End(outcome, code);
        Meters.CanaryEnded(outcome, elapsed);
        if (outcome == "ok")
            log.CanarySucceeded(sid, "canary", outcome, (long)elapsed.TotalMilliseconds);
        else
            log.CanaryFailed(sid, "canary", outcome, code ?? "none", (long)elapsed.TotalMilliseconds);
    }

    /// <returns><c>ok</c>, <c>refused</c> (by the webhook), <c>failed</c> (in the pipeline) or <c>late</c>; with an error code unless ok.</returns>
    private async Task<(string Outcome, string? Code)> FlyAsync(string sid, CancellationToken cancellation)
    {
        try
        {
            await family.RenewAsync(cancellation);
            using var answer = await SendAsync(sid, cancellation);
            return answer.IsSuccessStatusCode ? await ReturnAsync(sid, cancellation) : ("refused", $"webhook_http_{(int)answer.StatusCode}");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Any exception means that no task was created. Only the host's shutdown says nothing about the pipeline.
            return ("failed", ErrorCode.Of(e));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string sid, CancellationToken cancellation)
    {
        Dictionary<string, string> form = new()
        {
            ["MessageSid"] = sid,
            ["AccountSid"] = app.Value.TwilioAccountSid,
            ["From"] = CanaryFamily.Phone,
            ["To"] = app.Value.Numbers().Concat([CanaryFamily.Phone]).First(),
            ["Body"] = "canary",
            ["NumMedia"] = "0",
        };
        var url = $"{app.Value.PublicBaseUrl.TrimEnd('/')}/api/webhooks/twilio?secret={Uri.EscapeDataString(app.Value.WebhookSharedSecret)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", TwilioRequestSigner.Sign(app.Value.TwilioAuthToken, url, form));
        return await http.SendAsync(request, cancellation);
    }

    private async Task<(string Outcome, string? Code)> ReturnAsync(string sid, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < settings.Value.Patience)
        {
            await using var batch = database.AsService().Add(
                """
                select status, coalesce(error_code, status_reason), exists (select from tasks t where t.source_message_sid = j.message_sid)
                from processing_jobs j where message_sid = $1
                """,
                sid);
            var job = await batch.SingleAsync(row => (Status: row.GetString(0), Code: row.IsDBNull(1) ? null : row.GetString(1), HasTask: row.GetBoolean(2)), cancellation);
            if (job is { Status: "done", HasTask: true })
                return ("ok", null);
            if (job.Status is "done" or "rejected" or "failed")
                return ("failed", job.Code ?? job.Status);
            await Task.Delay(Look, cancellation);
        }

        return ("late", "timeout");
    }
}
