using FamilyPa.Local.App;

namespace FamilyPa.Local.Running;

/// <summary>External services that the environment configures. The local run provides the others.</summary>
internal sealed record Outside(Func<string, string?> Given)
{
    public static Outside FromEnvironment() => new(AppSettings.Given);

    public string? Postgres => Given(AppSettings.Postgres);

    public string? Storage => Given(AppSettings.Storage);

    public bool HasOpenAI => Given(AppSettings.OpenAIEndpoint) is not null;

    /// <summary>True for an API address, or for an account with its token, which means the real Twilio.</summary>
    public bool HasTwilio =>
        Given(AppSettings.TwilioApiBaseUrl) is not null
        || (Given(AppSettings.TwilioAccountSid) is not null && Given(AppSettings.TwilioAuthToken) is not null);

    public bool NeedsNodePackages => Postgres is null || Storage is null || !HasOpenAI;

    /// <summary>The settings that the environment does not have. The app inherits the others from the environment.</summary>
    public Dictionary<string, string?> Over(Dictionary<string, string?> defaults) =>
        defaults.Where(setting => Given(setting.Key) is null).ToDictionary();
}
