using System.Diagnostics;
using System.Net.Sockets;

namespace FamilyPa.Simulators.Twilio;

/// <summary>Posts a signed form as Twilio does, with its retries.</summary>
internal static class WebhookPost
{
    /// <summary>For all attempts.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="url">Where to post; a fragment tells the retries.</param>
    /// <param name="signedUrl">What the receiver believes its address to be.</param>
    public static async Task<WebhookDelivery> SendAsync(
        HttpClient http, string url, string signedUrl, IReadOnlyDictionary<string, string> form, string idempotencyToken,
        TwilioSimulatorOptions options, CancellationToken cancellation)
    {
        var retries = WebhookRetries.Read(url);
        var clock = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        var signature = TwilioSignature.Sign(options.AuthToken, signedUrl, form);
        for (var attempt = 1; ; attempt++)
        {
            var delivery = await PostOnceAsync(http, url.Split('#')[0], form, signature, idempotencyToken, limit.Token);
            delivery = delivery with { Attempts = attempt, Elapsed = clock.Elapsed, MessageSid = form.GetValueOrDefault("MessageSid", "") };
            if (attempt > retries.Count || limit.IsCancellationRequested || !retries.Apply(delivery)) return delivery;
        }
    }

    private static async Task<WebhookDelivery> PostOnceAsync(
        HttpClient http, string url, IReadOnlyDictionary<string, string> form, string signature, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature);
        request.Headers.TryAddWithoutValidation("I-Twilio-Idempotency-Token", token);
        request.Headers.TryAddWithoutValidation("User-Agent", "TwilioProxy/1.1");
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            return new WebhookDelivery("", (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, 1, default);
        }
        // A SocketException where the receiver dies while the connection to it is being made, cancellation where there is no answer in time.
        catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException)
        {
            return new WebhookDelivery("", null, null, exception.Message, 1, default);
        }
    }
}

/// <summary>The connection overrides in a webhook URL's fragment, such as <c>#rc=3&amp;rp=5xx,ct,rt</c>.</summary>
/// <remarks>Default: one retry, and only where the connection fails (<c>ct</c>). Rule: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.</remarks>
internal sealed record WebhookRetries(int Count, IReadOnlyCollection<string> Policy)
{
    private const int MaxCount = 5;

    public static WebhookRetries Read(string url)
    {
        var fields = url.Split('#', 2) is [_, var fragment]
            ? fragment.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1])
            : [];
        var count = fields.TryGetValue("rc", out var text) && int.TryParse(text, out var given) ? Math.Clamp(given, 0, MaxCount) : 1;
        return new WebhookRetries(count, fields.GetValueOrDefault("rp", "ct").Split(','));
    }

    public bool Apply(WebhookDelivery delivery) => Policy.Contains("all") || delivery.Status switch
    {
        null => Policy.Contains("ct") || Policy.Contains("rt"),
        >= 500 => Policy.Contains("5xx"),
        >= 400 => Policy.Contains("4xx"),
        _ => false,
    };
}
