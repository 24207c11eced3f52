using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa simulate</c>: sends a webhook with Twilio's signature to any address.</summary>
internal static class SimulateCommand
{
    private const string WebhookPath = "/api/webhooks/twilio";

    private static readonly Option<string?> From = new("--from") { Description = "The sender: +447700900123 or whatsapp:+447700900123. Default: the demo family's owner." };
    private static readonly Option<string?> To = new("--to") { Description = "The recipient. Default: the local run's." };
    private static readonly Option<string> Body = new("--body") { Description = "The text.", DefaultValueFactory = _ => "" };
    private static readonly Option<string[]> MediaUrl = new("--media-url") { Description = "An attachment; repeat for more." };
    private static readonly Option<string> MediaType = new("--media-type") { Description = "Content type of the attachments.", DefaultValueFactory = _ => "audio/ogg" };
    private static readonly Option<string?> AccountSid = new("--account-sid") { Description = "Twilio's account SID. Default: TWILIO_ACCOUNT_SID, or the local run's." };
    private static readonly Option<string?> PublicUrl = new("--public-url") { Description = "The app's PUBLIC_BASE_URL, which is signed, if it differs from --url." };
    private static readonly Option<string?> Sid = new("--sid") { Description = "The MessageSid. Default: a new one." };
    private static readonly Option<bool> Twice = new("--twice") { Description = "Send the same webhook again, as Twilio's retry." };

    public static Command Create()
    {
        var command = new Command("simulate", "Send a signed webhook, as Twilio would. Its secrets are TWILIO_AUTH_TOKEN and WEBHOOK_SHARED_SECRET, or the local run's.")
        {
            From, To, Body, MediaUrl, MediaType, AccountSid, PublicUrl, Sid, Twice,
            Secrets.Rejected("--auth-token", "Set TWILIO_AUTH_TOKEN"), Secrets.Rejected("--secret", "Set WEBHOOK_SHARED_SECRET"),
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var local = LocalRun.Find();
        var url = WebhookUrl(GlobalOptions.Or(parsed.GetValue(GlobalOptions.Url), "FAMILYPA_URL") ?? local?.BaseUrl
            ?? throw CliException.Usage("which app? Give --url or FAMILYPA_URL, or start the local run"));
        // Do not send the local run's secrets to another address.
        var own = local?.IsAt(url) == true ? local : null;
        var secret = GlobalOptions.Or(null, "WEBHOOK_SHARED_SECRET") ?? own?.Twilio.SharedSecret;
        if (secret is not null && url.Query.Length == 0)
            url = new Uri($"{url.GetLeftPart(UriPartial.Path)}?secret={Uri.EscapeDataString(secret)}");
        var token = GlobalOptions.Or(null, "TWILIO_AUTH_TOKEN") ?? own?.Twilio.AuthToken
            ?? throw CliException.Usage("no auth token: set TWILIO_AUTH_TOKEN");
        var publicBase = parsed.GetValue(PublicUrl) ?? own?.PublicBaseUrl;
        var signed = publicBase is null ? url.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) : publicBase.TrimEnd('/') + url.PathAndQuery;

        var form = Form(parsed, own);
        var deliveries = new List<Delivery>();
        for (var time = 0; time < (parsed.GetValue(Twice) ? 2 : 1); time++)
            deliveries.Add(await PostAsync(url, form, TwilioRequestSigner.Sign(token, signed, form), cancellation));

        if (parsed.GetValue(GlobalOptions.Json))
            Screen.Json(new { message_sid = form["MessageSid"], deliveries });
        else
            foreach (var delivery in deliveries)
                Screen.Line($"{form["MessageSid"]} got {delivery.Status} in {delivery.ElapsedMs} ms: {delivery.Answer}");
        return deliveries[^1].Status switch { >= 200 and < 300 => ExitCode.Ok, 401 or 403 => ExitCode.Refused, 404 => ExitCode.NotFound, _ => ExitCode.Failed };
    }

    /// <summary>Accepts the app's base URL or the webhook's URL.</summary>
    private static Uri WebhookUrl(string address)
    {
        if (!Uri.TryCreate(address.Split('#')[0], UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw CliException.Usage("--url is not an http(s) URL");
        return url.AbsolutePath == "/" ? new Uri(url, WebhookPath + url.Query) : url;
    }

    private static Dictionary<string, string> Form(ParseResult parsed, LocalRun? own)
    {
        var media = parsed.GetValue(MediaUrl) ?? [];
        var from = parsed.GetValue(From) ?? (own is null ? null : $"whatsapp:{own.Demo.OwnerPhone}") ?? throw CliException.Usage("no sender: give --from");
        var to = parsed.GetValue(To) ?? own?.Demo.TwilioNumber ?? throw CliException.Usage("no recipient: give --to");
        var isWhatsApp = from.StartsWith("whatsapp:", StringComparison.Ordinal);
        var sid = parsed.GetValue(Sid) ?? (media.Length > 0 ? "MM" : "SM") + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var form = new Dictionary<string, string>
        {
            ["MessageSid"] = sid,
            ["SmsSid"] = sid,
            ["SmsMessageSid"] = sid,
            ["AccountSid"] = GlobalOptions.Or(parsed.GetValue(AccountSid), "TWILIO_ACCOUNT_SID") ?? own?.Twilio.AccountSid
                ?? throw CliException.Usage("no account: give --account-sid or TWILIO_ACCOUNT_SID"),
            ["From"] = from,
            ["To"] = isWhatsApp && !to.Contains(':', StringComparison.Ordinal) ? $"whatsapp:{to}" : to,
            ["Body"] = parsed.GetValue(Body)!,
            ["NumMedia"] = media.Length.ToString(CultureInfo.InvariantCulture),
            ["NumSegments"] = "1",
            ["SmsStatus"] = "received",
            ["ApiVersion"] = "2010-04-01",
        };
        if (isWhatsApp)
        {
            form["WaId"] = from["whatsapp:".Length..].TrimStart('+');
            form["MessageType"] = media.Length > 0 ? parsed.GetValue(MediaType)!.Split('/')[0] : "text";
        }

        foreach (var (index, address) in media.Index())
        {
            form[$"MediaUrl{index}"] = address;
            form[$"MediaContentType{index}"] = parsed.GetValue(MediaType)!;
        }

        return form;
    }

    private static async Task<Delivery> PostAsync(Uri url, Dictionary<string, string> form, string signature, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature);
        request.Headers.TryAddWithoutValidation("I-Twilio-Idempotency-Token", form["MessageSid"]);
        var clock = Stopwatch.StartNew();
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            return new Delivery((int)response.StatusCode, clock.ElapsedMilliseconds, answer);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CliException(ExitCode.Unreachable, $"{url.GetLeftPart(UriPartial.Path)} cannot be reached: {e.Message}");
        }
    }

    private sealed record Delivery(int Status, long ElapsedMs, string Answer);
}
