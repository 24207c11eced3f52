using System.Diagnostics;
using System.Security.Cryptography;
using FamilyPa.Local.App;
using FamilyPa.Local.Phone;
using FamilyPa.Local.Running;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Local.Demo;

/// <summary>Sends signed messages of the demo family's owner through the real webhook.</summary>
internal static class DemoSender
{
    /// <summary>At other times in each run: the same wish is not added twice within a day.</summary>
    public static readonly string Text =
        $"buy milk tomorrow at {Random.Shared.Next(8, 12)}:{Random.Shared.Next(10, 60)} and call grandma on Friday at {Random.Shared.Next(13, 20)}:{Random.Shared.Next(10, 60)}";

    public const string Voice = "remind me to water the plants on Saturday";

    public static async Task<DemoMessage> SendTextAsync(LocalRun run, CancellationToken cancellationToken) =>
        run.Simulators.Twilio is null ? await PostAsync(run.File, cancellationToken) : await SendAsync(run.Simulators.Twilio, "text", Text, [], cancellationToken);

    /// <summary>Returns null when Twilio is not simulated, because the app would download the audio from the real Twilio.</summary>
    public static async Task<DemoMessage?> SendVoiceAsync(LocalRun run, CancellationToken cancellationToken) =>
        run.Simulators.Twilio is null ? null : await SendAsync(run.Simulators.Twilio, "voice note", Voice, [PhoneApi.Speak(Voice)], cancellationToken);

    private static async Task<DemoMessage> SendAsync(
        TwilioSimulator twilio, string kind, string said, IReadOnlyList<InboundMedia> media, CancellationToken cancellationToken)
    {
        var message = new InboundMessage { From = $"whatsapp:{DemoFamily.Owner.Phone}", ProfileName = DemoFamily.Owner.Name, Body = media.Count == 0 ? said : "", Media = media };
        var delivery = await twilio.SendInboundAsync(message, cancellationToken);
        return new DemoMessage(kind, said, delivery.MessageSid, delivery.Status, delivery.Elapsed);
    }

    /// <summary>Posts a signed webhook directly, because only a simulated Twilio can be made to receive a message.</summary>
    private static async Task<DemoMessage> PostAsync(RunFile file, CancellationToken cancellationToken)
    {
        var sid = "SM" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var form = new Dictionary<string, string>
        {
            ["MessageSid"] = sid,
            ["SmsMessageSid"] = sid,
            ["AccountSid"] = file.Twilio.AccountSid,
            ["From"] = $"whatsapp:{DemoFamily.Owner.Phone}",
            ["To"] = $"whatsapp:{DemoFamily.TwilioNumber}",
            ["Body"] = Text,
            ["NumMedia"] = "0",
            ["ProfileName"] = DemoFamily.Owner.Name,
        };
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, file.BaseUrl + new Uri(file.Twilio.WebhookUrl).PathAndQuery) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", TwilioSignature.Sign(file.Twilio.AuthToken, file.Twilio.WebhookUrl, form));
        var clock = Stopwatch.StartNew();
        using var answer = await http.SendAsync(request, cancellationToken);
        return new DemoMessage("text", Text, sid, (int)answer.StatusCode, clock.Elapsed);
    }
}
