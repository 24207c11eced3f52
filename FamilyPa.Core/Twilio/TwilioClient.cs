using System.Net;
using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Twilio;

/// <summary>The result of sending a message by Twilio.</summary>
public abstract record SendResult
{
    private SendResult() { }

    /// <summary>The outcome in logs and metrics.</summary>
    public string Outcome => this switch { Sent => "sent", Rejected => "rejected", NotSent => "not_sent", _ => "uncertain" };

    /// <param name="Sid">Twilio's SID of the sent message; null when the response could not be read.</param>
    public sealed record Sent(string? Sid) : SendResult;

    /// <summary>Twilio rejects the message permanently (opted out, blocked, outside WhatsApp's 24-hour window, no such number, …).</summary>
    public sealed record Rejected(string Code) : SendResult;

    /// <summary>Twilio did not accept the message. A retry is safe.</summary>
    /// <param name="Wait">Twilio's Retry-After, when it is longer than the pause that a call's own retries allow.</param>
    public sealed record NotSent(string Code, TimeSpan? Wait = null) : SendResult;

    /// <summary>No response came, so the result is unknown. Twilio has no idempotency key: a retry could send the message twice.</summary>
    public sealed record Uncertain(string Code) : SendResult;
}

/// <summary>Sends messages by Twilio's REST API, without its SDK: 9.5 MB to load for one form post.</summary>
public sealed class TwilioClient(HttpClient http, IOptions<AppSettings> settings)
{
    private const int LongestBody = 1600;

    /// <param name="template">The SID of a WhatsApp template whose first variable is the body; null for free text.</param>
    public async Task<SendResult> SendAsync(string to, string from, string body, string? template, CancellationToken cancellation)
    {
        var app = settings.Value;
        using var form = new FormUrlEncodedContent(
        [
            new("To", to),
            new("From", from),
            .. Content(body, template),
            new("StatusCallback", $"{app.PublicBaseUrl.TrimEnd('/')}/api/webhooks/twilio/status?secret={Uri.EscapeDataString(app.WebhookSharedSecret)}"),
        ]);
        try
        {
            using var response = await http.PostAsync($"2010-04-01/Accounts/{app.TwilioAccountSid}/Messages.json", form, cancellation);
            return await ReadAsync(response, cancellation);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new SendResult.NotSent("twilio_unreachable");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new SendResult.Uncertain(e is OperationCanceledException ? "twilio_timeout" : "twilio_connection_lost");
        }
    }

    /// <remarks>WhatsApp allows no line breaks in a template's variable.</remarks>
    private static KeyValuePair<string, string>[] Content(string body, string? template) => template is null
        ? [new("Body", Fit(body))]
        : [new("ContentSid", template), new("ContentVariables", JsonSerializer.Serialize(new Dictionary<string, string> { ["1"] = Fit(body).ReplaceLineEndings(" · ") }))];

    /// <summary>The body, shortened to the length that Twilio accepts. What we compose is shorter (<c>MessageLength</c>).</summary>
    public static string Fit(string body) => body.Length <= LongestBody ? body : body.Cut(LongestBody - 1) + "…";

    private static async Task<SendResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var answer = await ReadJsonAsync(response, cancellation);
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new SendResult.Sent(answer is { } sent && sent.TryGetProperty("sid", out var sid) ? sid.GetString() : null);
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || status >= 500)
            return new SendResult.NotSent($"twilio_http_{status}", OutboundRetryPolicy.WaitOf(response));
        return new SendResult.Rejected(
            answer is { } refused && refused.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number
                ? $"twilio_{code.GetRawText()}"
                : $"twilio_http_{status}");
    }

    private static async Task<JsonElement?> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var root = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(cancellation));
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Twilio did not accept a reply because of a transient failure. The platform retries the phase.</summary>
public sealed class ReplyNotSentException(SendResult.NotSent result) : Exception("Twilio did not take the reply."), IHasErrorCode
{
    public string Code => result.Code;

    /// <inheritdoc cref="SendResult.NotSent.Wait"/>
    public TimeSpan? Wait => result.Wait;
}
