using Microsoft.Extensions.Configuration;

namespace FamilyPa.Core.Settings;

/// <summary>The app's settings under the names that operators use (DESIGN.md, section 5).</summary>
public sealed class AppSettings
{
    /// <summary>In characters: a hash of 256 bits is worth no more than the key that it is made with.</summary>
    public const int ShortestSigningKey = 32;

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

    /// <summary>Signs sessions; at least <see cref="ShortestSigningKey"/> characters.</summary>
    [ConfigurationKeyName("SESSION_SIGNING_KEY")]
    public string SessionSigningKey { get; set; } = "";

    /// <summary>During a rotation sessions signed with either are good; the app itself signs with the first.</summary>
    [ConfigurationKeyName("SESSION_SIGNING_KEY_NEXT")]
    public string? SessionSigningKeyNext { get; set; }

    /// <summary>An OpenID Connect issuer whose tokens members may bring in place of a session of ours.</summary>
    [ConfigurationKeyName("OIDC_AUTHORITY")]
    public string? OidcAuthority { get; set; }

    /// <summary>Whom those tokens must be meant for.</summary>
    [ConfigurationKeyName("OIDC_AUDIENCE")]
    public string? OidcAudience { get; set; }

    /// <summary>Where families see their tasks.</summary>
    public string BoardUrl => $"{PublicBaseUrl.TrimEnd('/')}/board";

    /// <summary>The numbers that are ours, one by one.</summary>
    public IReadOnlyList<string> Numbers() =>
        (TwilioNumbers ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
