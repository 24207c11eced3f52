namespace FamilyPa.Local.App;

/// <summary>The app's settings by name.</summary>
public static class AppSettings
{
    public const string Storage = "AzureWebJobsStorage";
    public const string Postgres = "POSTGRES_CONNECTION_STRING";
    public const string TwilioAccountSid = "TWILIO_ACCOUNT_SID";
    public const string TwilioAuthToken = "TWILIO_AUTH_TOKEN";
    public const string TwilioApiBaseUrl = "TWILIO_API_BASE_URL";
    public const string TwilioMediaHosts = "TWILIO_MEDIA_HOSTS";
    public const string TwilioNumbers = "TWILIO_NUMBERS";
    public const string InvitationCountries = "INVITATION_COUNTRIES";
    public const string WebhookSharedSecret = "WEBHOOK_SHARED_SECRET";
    public const string PublicBaseUrl = "PUBLIC_BASE_URL";
    public const string OpenAIEndpoint = "AZURE_OPENAI_ENDPOINT";
    public const string OpenAIKey = "AZURE_OPENAI_API_KEY";
    public const string TranscriptionDeployment = "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT";
    public const string ChatDeployment = "AZURE_OPENAI_CHAT_DEPLOYMENT";
    public const string SessionSigningKey = "SESSION_SIGNING_KEY";

    private static readonly string[] Prefixes =
    [
        Storage, Postgres, "POSTGRES_USE_ENTRA", "TWILIO_", InvitationCountries, WebhookSharedSecret, PublicBaseUrl, "AZURE_OPENAI_", SessionSigningKey, "OIDC_", "OPERATOR_",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "Limits__", "Pipeline__", "Canary__", "Retention__", "SignIn__", "AzureFunctionsJobHost__",
    ];

    /// <summary>The names of the environment variables that the app would read as settings.</summary>
    public static IEnumerable<string> GivenInEnvironment() =>
        Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsSetting);

    /// <summary>The variable's value; null when it is absent or empty.</summary>
    public static string? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool IsSetting(string name) => Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
