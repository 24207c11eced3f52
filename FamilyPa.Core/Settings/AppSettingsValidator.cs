using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Settings;

/// <summary>Reports all invalid settings in one message. The message contains no values, because many of them are secrets.</summary>
public sealed class AppSettingsValidator(IConfiguration configuration) : IValidateOptions<AppSettings>
{
    public ValidateOptionsResult Validate(string? name, AppSettings settings)
    {
        List<string> wrong = [];

        Require("POSTGRES_CONNECTION_STRING", settings.PostgresConnectionString, IsPostgres, "is not an Npgsql connection string or postgresql:// URI");
        Require("TWILIO_ACCOUNT_SID", settings.TwilioAccountSid, _ => true, "");
        Require("TWILIO_AUTH_TOKEN", settings.TwilioAuthToken, _ => true, "");
        Require("TWILIO_API_BASE_URL", settings.TwilioApiBaseUrl, IsSafeUrl, "must be an https URL (http for loopback addresses only)");
        Require("WEBHOOK_SHARED_SECRET", settings.WebhookSharedSecret, _ => true, "");
        Require("PUBLIC_BASE_URL", settings.PublicBaseUrl, IsSafeUrl, "must be an https URL (http for loopback addresses only)");
        Require("AZURE_OPENAI_ENDPOINT", settings.AzureOpenAIEndpoint, IsSafeUrl, "must be an https URL (http for loopback addresses only)");
        Require("AZURE_OPENAI_CHAT_DEPLOYMENT", settings.AzureOpenAIChatDeployment, _ => true, "");
        Require("AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT", settings.AzureOpenAITranscriptionDeployment, _ => true, "");
        Require(
            "AZURE_OPENAI_TRANSCRIPTION_SHAPE", settings.AzureOpenAITranscriptionShape, TranscriptionShapes.All.Contains,
            $"is none of {string.Join(", ", TranscriptionShapes.All)}");
        Require("SESSION_SIGNING_KEY", settings.SessionSigningKey, IsLongEnough, $"has less than {AppSettings.ShortestSigningKey} characters");
        if (!string.IsNullOrEmpty(settings.SessionSigningKeyNext))
            Require("SESSION_SIGNING_KEY_NEXT", settings.SessionSigningKeyNext, IsLongEnough, $"has less than {AppSettings.ShortestSigningKey} characters");
        if (!string.IsNullOrEmpty(settings.OidcAuthority))
        {
            Require("OIDC_AUTHORITY", settings.OidcAuthority, IsSafeUrl, "must be an https URL (http for loopback addresses only)");
            Require("OIDC_AUDIENCE", settings.OidcAudience ?? "", _ => true, "");
        }

        if (!string.IsNullOrEmpty(settings.OperatorAuthority) || settings.OperatorTokensOnly)
        {
            Require("OPERATOR_AUTHORITY", settings.OperatorAuthority ?? "", IsSafeUrl, "must be an https URL (http for loopback addresses only)");
            Require("OPERATOR_AUDIENCE", settings.OperatorAudience ?? "", _ => true, "");
        }

        if (IsPlaceholder(settings.TwilioAuthTokenNext ?? "") || IsPlaceholder(settings.WebhookSharedSecretNext ?? ""))
            wrong.Add("TWILIO_AUTH_TOKEN_NEXT or WEBHOOK_SHARED_SECRET_NEXT is a placeholder or an unresolved Key Vault reference");
        if (!AreHosts(settings.TwilioMediaHosts))
            wrong.Add("TWILIO_MEDIA_HOSTS is not a list of host[:port]");
        if (settings.Countries().Any(country => country.Length != 2 || !country.All(char.IsAsciiLetterUpper)))
            wrong.Add("INVITATION_COUNTRIES is not a list of countries like GB,DE");
        if (!configuration.GetSection("AzureWebJobsStorage").Exists())
            wrong.Add("AzureWebJobsStorage is missing");

        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Family PA cannot start because of its settings: {string.Join("; ", wrong)}.");

        void Require(string key, string value, Func<string, bool> isGood, string complaint)
        {
            if (string.IsNullOrWhiteSpace(value))
                wrong.Add($"{key} is missing");
            else if (IsPlaceholder(value))
                wrong.Add($"{key} is a placeholder or an unresolved Key Vault reference");
            else if (!isGood(value))
                wrong.Add($"{key} {complaint}");
        }
    }

    /// <summary>
    /// Whether the value is an unresolved Key Vault reference, or a placeholder that an operator has not replaced. Such values are public, so they must not verify
    /// anything.
    /// </summary>
    private static bool IsPlaceholder(string value) => value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) || value.StartsWith('<');

    private static bool IsSafeUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    private static bool IsLongEnough(string key) => key.Length >= AppSettings.ShortestSigningKey;

    private static bool AreHosts(string? text)
    {
        try
        {
            return HostList.Parse(text).All(_ => true);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsPostgres(string text)
    {
        try
        {
            return ConnectionStrings.Parse(text).Host is { Length: > 0 };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
