namespace FamilyPa.Local.App;

/// <summary>What the app is connected to and the secrets it shares with it.</summary>
public sealed record AppWiring
{
    public required string BaseUrl { get; init; }

    /// <summary>What Twilio signs; the address the app is reached at, unless it is reached through another one.</summary>
    public string? PublicBaseUrl { get; init; }

    public required string Storage { get; init; }

    public required string Postgres { get; init; }

    public required TwilioAccount Twilio { get; init; }

    /// <summary>Where Twilio's API redirects to for media, where that is not Twilio's own.</summary>
    public string? TwilioMediaHosts { get; init; }

    public required string OpenAIEndpoint { get; init; }

    public string? OpenAIKey { get; init; }

    public string ChatDeployment { get; init; } = "chat";

    public string TranscriptionDeployment { get; init; } = "transcription";

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
        [AppSettings.WebhookSharedSecret] = Twilio.SharedSecret,
        [AppSettings.PublicBaseUrl] = PublicBaseUrl ?? BaseUrl,
        [AppSettings.OpenAIEndpoint] = OpenAIEndpoint,
        [AppSettings.OpenAIKey] = OpenAIKey,
        [AppSettings.ChatDeployment] = ChatDeployment,
        [AppSettings.TranscriptionDeployment] = TranscriptionDeployment,
        [AppSettings.SessionSigningKey] = SessionSigningKey,
    };
}

/// <summary>Our side of Twilio's account.</summary>
public sealed record TwilioAccount(string AccountSid, string AuthToken, string SharedSecret, string ApiBaseUrl)
{
    /// <summary>Twilio's webhook for inbound messages, as it would be set in its console.</summary>
    public string WebhookUrl(string baseUrl) => $"{baseUrl}/api/webhooks/twilio?secret={Uri.EscapeDataString(SharedSecret)}";
}
