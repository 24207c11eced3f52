using FamilyPa.Local.App;

namespace FamilyPa.Local.Running;

/// <summary>What the environment plugs in from outside; for everything it is silent about, the local run has one of its own.</summary>
internal sealed record Outside(Func<string, string?> Given)
{
    public static Outside FromEnvironment() => new(AppSettings.Given);

    public string? Postgres => Given(AppSettings.Postgres);

    public string? Storage => Given(AppSettings.Storage);

    public bool HasOpenAI => Given(AppSettings.OpenAIEndpoint) is not null;

    /// <summary>An address of its own, or an account with its key, which means Twilio itself.</summary>
    public bool HasTwilio =>
        Given(AppSettings.TwilioApiBaseUrl) is not null
        || (Given(AppSettings.TwilioAccountSid) is not null && Given(AppSettings.TwilioAuthToken) is not null);

    public bool NeedsNodePackages => Postgres is null || Storage is null || !HasOpenAI;

    /// <summary>The settings the app is started with: the environment, which it inherits, keeps whatever it names.</summary>
    public Dictionary<string, string?> Over(Dictionary<string, string?> defaults) =>
        defaults.Where(setting => Given(setting.Key) is null).ToDictionary();
}
