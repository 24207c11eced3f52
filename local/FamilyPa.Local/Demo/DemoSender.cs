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

    public static async Task<DemoMessage> SendTextAsync(LocalRun run, CancellationToken cancellationToken)
    {
        if (run.Simulators.Twilio is { } simulated)
            return await SendAsync(simulated, "text", Text, [], cancellationToken);
        // The real Twilio cannot be made to receive a message. A simulator with its account signs and posts one.
        var (account, baseUrl) = (run.File.Twilio, run.File.BaseUrl);
        await using var twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = account.AccountSid,
            AuthToken = account.AuthToken,
            Numbers = [$"whatsapp:{DemoFamily.TwilioNumber}"],
            WebhookUrl = baseUrl + new Uri(account.WebhookUrl).PathAndQuery,
            PublicWebhookUrl = account.WebhookUrl,
        });
        return await SendAsync(twilio, "text", Text, [], cancellationToken);
    }

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
}
