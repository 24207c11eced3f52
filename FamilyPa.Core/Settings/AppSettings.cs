using Microsoft.Extensions.Configuration;

namespace FamilyPa.Core.Settings;

/// <summary>The app's settings under the names that operators use (DESIGN.md, section 5).</summary>
public sealed class AppSettings
{
    [ConfigurationKeyName("POSTGRES_CONNECTION_STRING")]
    public string PostgresConnectionString { get; set; } = "";

    /// <summary>Log in with a token of the managed identity in place of a password.</summary>
    [ConfigurationKeyName("POSTGRES_USE_ENTRA")]
    public bool PostgresUseEntra { get; set; }

    [ConfigurationKeyName("TWILIO_ACCOUNT_SID")]
    public string TwilioAccountSid { get; set; } = "";

    [ConfigurationKeyName("TWILIO_AUTH_TOKEN")]
    public string TwilioAuthToken { get; set; } = "";

    /// <summary>During a rotation both tokens verify; the app itself goes on signing in with the first.</summary>
    [ConfigurationKeyName("TWILIO_AUTH_TOKEN_NEXT")]
    public string? TwilioAuthTokenNext { get; set; }

    [ConfigurationKeyName("TWILIO_API_BASE_URL")]
    public string TwilioApiBaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>Hosts (<c>host[:port]</c>, comma separated) that media may be redirected to besides Twilio's own; for test set-ups.</summary>
    [ConfigurationKeyName("TWILIO_MEDIA_HOSTS")]
    public string? TwilioMediaHosts { get; set; }

    /// <summary>The numbers that are ours, comma separated, in E.164. Empty: the account's SID alone decides.</summary>
    [ConfigurationKeyName("TWILIO_NUMBERS")]
    public string? TwilioNumbers { get; set; }

    [ConfigurationKeyName("WEBHOOK_SHARED_SECRET")]
    public string WebhookSharedSecret { get; set; } = "";

    [ConfigurationKeyName("WEBHOOK_SHARED_SECRET_NEXT")]
    public string? WebhookSharedSecretNext { get; set; }

    /// <summary>The address that Twilio was given, which is what it signs; behind the platform's proxies the app cannot see it.</summary>
    [ConfigurationKeyName("PUBLIC_BASE_URL")]
    public string PublicBaseUrl { get; set; } = "";

    [ConfigurationKeyName("AZURE_OPENAI_ENDPOINT")]
    public string AzureOpenAIEndpoint { get; set; } = "";

    /// <summary>Absent: the managed identity.</summary>
    [ConfigurationKeyName("AZURE_OPENAI_API_KEY")]
    public string? AzureOpenAIApiKey { get; set; }

    [ConfigurationKeyName("AZURE_OPENAI_CHAT_DEPLOYMENT")]
    public string AzureOpenAIChatDeployment { get; set; } = "";

    [ConfigurationKeyName("AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT")]
    public string AzureOpenAITranscriptionDeployment { get; set; } = "";

    /// <summary>Where families see their tasks.</summary>
    public string BoardUrl => $"{PublicBaseUrl.TrimEnd('/')}/board";

    /// <summary>The numbers that are ours, one by one.</summary>
    public IReadOnlyList<string> Numbers() =>
        (TwilioNumbers ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
