namespace FamilyPa.Simulators.Twilio;

public sealed record TwilioSimulatorOptions
{
    public string AccountSid { get; init; } = "AC00000000000000000000000000000001";

    public string AuthToken { get; init; } = "local-auth-token";

    /// <summary>Where inbound messages are posted, query string and retry fragment (<c>#rc=3&amp;rp=5xx,ct,rt</c>) included.</summary>
    public string? WebhookUrl { get; init; }

    /// <summary>The URL that is signed, if the public address of the app differs from the address of the request.</summary>
    public string? PublicWebhookUrl { get; init; }

    /// <summary>The account's senders; empty accepts any From.</summary>
    public IReadOnlyCollection<string> Numbers { get; init; } = [];

    /// <summary>Between the 201 and the first callback, and between two of them. At zero the callback may overtake the 201's reader.</summary>
    public TimeSpan CallbackDelay { get; init; } = TimeSpan.FromMilliseconds(50);
}
