using FamilyPa.Local.App;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Local.Running;

/// <summary>The simulators of those services that the environment does not configure; null for configured ones.</summary>
/// <param name="Account">The Twilio account, simulated or real.</param>
internal sealed record LocalSimulators(TwilioAccount Account, TwilioSimulator? Twilio, AzureOpenAISimulator? OpenAI) : IAsyncDisposable
{
    public static async Task<LocalSimulators> StartAsync(Outside outside, LocalSecrets secrets, string baseUrl)
    {
        var openAI = outside.HasOpenAI ? null : await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder });
        var account = new TwilioAccount(
            outside.Given(AppSettings.TwilioAccountSid) ?? new TwilioSimulatorOptions().AccountSid,
            outside.Given(AppSettings.TwilioAuthToken) ?? secrets.AuthToken,
            outside.Given(AppSettings.WebhookSharedSecret) ?? secrets.SharedSecret,
            outside.Given(AppSettings.TwilioApiBaseUrl) ?? "https://api.twilio.com");
        if (outside.HasTwilio)
            return new LocalSimulators(account, null, openAI);

        var twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = account.AccountSid,
            AuthToken = account.AuthToken,
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
            WebhookUrl = account.WebhookUrl(baseUrl),
            PublicWebhookUrl = account.WebhookUrl(outside.Given(AppSettings.PublicBaseUrl) ?? baseUrl),
        });
        return new LocalSimulators(account with { ApiBaseUrl = twilio.BaseUrl }, twilio, openAI);
    }

    public async ValueTask DisposeAsync()
    {
        if (Twilio is not null)
            await Twilio.DisposeAsync();
        if (OpenAI is not null)
            await OpenAI.DisposeAsync();
    }
}
