using Microsoft.Extensions.Configuration;

namespace FamilyPa.Core.Settings;

/// <summary>The app's settings under the names that operators use (DESIGN.md, section 5).</summary>
public sealed class AppSettings
{
    /// <summary>Minimum length of a signing key in characters: an HMAC-SHA256 key must have at least 256 bits (RFC 7518, section 3.2).</summary>
    public const int ShortestSigningKey = 32;

    [ConfigurationKeyName("POSTGRES_CONNECTION_STRING")]
    public string PostgresConnectionString { get; set; } = "";

    /// <summary>Log in with a managed identity token instead of a password.</summary>
    [ConfigurationKeyName("POSTGRES_USE_ENTRA")]
    public bool PostgresUseEntra { get; set; }

    [ConfigurationKeyName("TWILIO_ACCOUNT_SID")]
    public string TwilioAccountSid { get; set; } = "";

    [ConfigurationKeyName("TWILIO_AUTH_TOKEN")]
    public string TwilioAuthToken { get; set; } = "";

    /// <summary>During a rotation the app accepts signatures of both tokens. Its own API calls use the first one.</summary>
    [ConfigurationKeyName("TWILIO_AUTH_TOKEN_NEXT")]
    public string? TwilioAuthTokenNext { get; set; }

    [ConfigurationKeyName("TWILIO_API_BASE_URL")]
    public string TwilioApiBaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>Further hosts (<c>host[:port]</c>, comma separated) to which Twilio may redirect media requests; for test environments.</summary>
    [ConfigurationKeyName("TWILIO_MEDIA_HOSTS")]
    public string? TwilioMediaHosts { get; set; }

    /// <summary>Our numbers in E.164, comma separated. When empty, the app checks only the account SID.</summary>
    [ConfigurationKeyName("TWILIO_NUMBERS")]
    public string? TwilioNumbers { get; set; }

    /// <summary>Countries (ISO 3166-1, comma separated) of the numbers that members may invite. When empty: those of <see cref="TwilioNumbers"/>.</summary>
    [ConfigurationKeyName("INVITATION_COUNTRIES")]
    public string? InvitationCountries { get; set; }

    [ConfigurationKeyName("WEBHOOK_SHARED_SECRET")]
    public string WebhookSharedSecret { get; set; } = "";

    [ConfigurationKeyName("WEBHOOK_SHARED_SECRET_NEXT")]
    public string? WebhookSharedSecretNext { get; set; }

    /// <summary>The base address that is configured at Twilio, and that Twilio signs. The app cannot derive it behind the platform's proxies.</summary>
    [ConfigurationKeyName("PUBLIC_BASE_URL")]
    public string PublicBaseUrl { get; set; } = "";

    /// <summary>
    /// The request header in which the front end before the app names the caller's address. When absent, the app trusts no header and counts callers by the
    /// connection's peer. App Service sets <c>Client-IP</c> and replaces a value from the caller.
    /// </summary>
    [ConfigurationKeyName("CLIENT_ADDRESS_HEADER")]
    public string? ClientAddressHeader { get; set; }

    [ConfigurationKeyName("AZURE_OPENAI_ENDPOINT")]
    public string AzureOpenAIEndpoint { get; set; } = "";

    /// <summary>When absent, the app uses its managed identity.</summary>
    [ConfigurationKeyName("AZURE_OPENAI_API_KEY")]
    public string? AzureOpenAIApiKey { get; set; }

    [ConfigurationKeyName("AZURE_OPENAI_CHAT_DEPLOYMENT")]
    public string AzureOpenAIChatDeployment { get; set; } = "";

    [ConfigurationKeyName("AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT")]
    public string AzureOpenAITranscriptionDeployment { get; set; } = "";

    /// <summary>The shape of transcription requests that the deployment's model accepts; see <see cref="TranscriptionShapes"/>.</summary>
    [ConfigurationKeyName("AZURE_OPENAI_TRANSCRIPTION_SHAPE")]
    public string AzureOpenAITranscriptionShape { get; set; } = TranscriptionShapes.GptTranscribe;

    /// <summary>Signs session tokens; at least <see cref="ShortestSigningKey"/> characters.</summary>
    [ConfigurationKeyName("SESSION_SIGNING_KEY")]
    public string SessionSigningKey { get; set; } = "";

    /// <summary>During a rotation the app accepts sessions signed with either key, and signs new ones with the first.</summary>
    [ConfigurationKeyName("SESSION_SIGNING_KEY_NEXT")]
    public string? SessionSigningKeyNext { get; set; }

    /// <summary>An OpenID Connect issuer. Members may send its tokens instead of the app's own sessions.</summary>
    [ConfigurationKeyName("OIDC_AUTHORITY")]
    public string? OidcAuthority { get; set; }

    /// <summary>The audience that the issuer's tokens must name.</summary>
    [ConfigurationKeyName("OIDC_AUDIENCE")]
    public string? OidcAudience { get; set; }

    /// <summary>
    /// The OpenID Connect issuer of operators' tokens: <c>https://login.microsoftonline.com/{tenant id}/v2.0</c>. When absent, operators use the function key.
    /// </summary>
    [ConfigurationKeyName("OPERATOR_AUTHORITY")]
    public string? OperatorAuthority { get; set; }

    /// <summary>The audience that operators' tokens must name: the client id of the app registration.</summary>
    [ConfigurationKeyName("OPERATOR_AUDIENCE")]
    public string? OperatorAudience { get; set; }

    /// <summary>Switches the function key off.</summary>
    [ConfigurationKeyName("OPERATOR_TOKENS_ONLY")]
    public bool OperatorTokensOnly { get; set; }

    /// <summary>The address of the family board.</summary>
    public string BoardUrl => $"{PublicBaseUrl.TrimEnd('/')}/board";

    /// <summary><see cref="TwilioNumbers"/> as a list.</summary>
    public IReadOnlyList<string> Numbers() => Listed(TwilioNumbers);

    /// <summary><see cref="InvitationCountries"/> as a list.</summary>
    public IReadOnlyList<string> Countries() => Listed(InvitationCountries);

    private static string[] Listed(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
