namespace FamilyPa.Tests.Infrastructure;

/// <summary>What a webhook request has wrong. Nothing, unless set.</summary>
public sealed record Tamper
{
    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/api/webhooks/twilio";

    public string ContentType { get; init; } = "application/x-www-form-urlencoded";

    /// <summary>The shared secret in the query; empty leaves it out.</summary>
    public string? Secret { get; init; }

    /// <summary>Signs with another token.</summary>
    public string? AuthToken { get; init; }

    /// <summary>Sent instead of a computed one; empty leaves the header out.</summary>
    public string? Signature { get; init; }

    public string? SignedUrl { get; init; }

    /// <summary>Signed in place of the form that is sent.</summary>
    public IReadOnlyDictionary<string, string>? SignedForm { get; init; }

    /// <summary>Sent in place of the form that is signed.</summary>
    public string? RawBody { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
