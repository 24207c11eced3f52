namespace FamilyPa.Local.App;

/// <summary>The app's addresses and secrets.</summary>
public sealed record AppWiring
{
    public required string BaseUrl { get; init; }

    /// <summary>The address that Twilio signs. When null, it is <see cref="BaseUrl"/>.</summary>
    public string? PublicBaseUrl { get; init; }

    public required string Storage { get; init; }
    public required string Postgres { get; init; }
    public required TwilioAccount Twilio { get; init; }

    /// <summary>The host to which a simulated Twilio API redirects for media.</summary>
    public string? TwilioMediaHosts { get; init; }

    public required string OpenAIEndpoint { get; init; }
    public string? OpenAIKey { get; init; }
    public required string FunctionKey { get; init; }
    public required string SessionSigningKey { get; init; }

    public Dictionary<string, string?> ToSettings() => new()
    {
        [AppSettings.Storage] = Storage,
        [AppSettings.Postgres] = Postgres,
        [AppSettings.TwilioAccountSid] = Twilio.AccountSid,
        [AppSettings.TwilioAuthToken] = Twilio.AuthToken,
        [AppSettings.TwilioApiBaseUrl] = Twilio.ApiBaseUrl,
        [AppSettings.TwilioMediaHosts] = TwilioMediaHosts,
        [AppSettings.TwilioNumbers] = DemoFamily.TwilioNumber,
        // The demo family is British, our number American.
        [AppSettings.InvitationCountries] = "GB,GG,IM,JE,US",
        [AppSettings.WebhookSharedSecret] = Twilio.SharedSecret,
        [AppSettings.PublicBaseUrl] = PublicBaseUrl ?? BaseUrl,
        [AppSettings.OpenAIEndpoint] = OpenAIEndpoint,
        [AppSettings.OpenAIKey] = OpenAIKey,
        [AppSettings.ChatDeployment] = "chat",
        [AppSettings.TranscriptionDeployment] = "transcription",
        [AppSettings.SessionSigningKey] = SessionSigningKey,
    };
}

/// <summary>The credentials of the Twilio account.</summary>
public sealed record TwilioAccount(string AccountSid, string AuthToken, string SharedSecret, string ApiBaseUrl)
{
    /// <summary>The webhook URL for inbound messages, as an operator would enter it in Twilio's console.</summary>
    public string WebhookUrl(string baseUrl) => $"{baseUrl}/api/webhooks/twilio?secret={Uri.EscapeDataString(SharedSecret)}";
}
