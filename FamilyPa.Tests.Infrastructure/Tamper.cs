namespace FamilyPa.Tests.Infrastructure;

/// <summary>Faults of a webhook request; none by default.</summary>
public sealed record Tamper
{
    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/api/webhooks/twilio";

    public string ContentType { get; init; } = "application/x-www-form-urlencoded";

    /// <summary>The shared secret in the query; empty omits it.</summary>
    public string? Secret { get; init; }

    /// <summary>Signs with this token.</summary>
    public string? AuthToken { get; init; }

    /// <summary>Replaces the computed signature; empty omits the header.</summary>
    public string? Signature { get; init; }

    public string? SignedUrl { get; init; }

    /// <summary>Signs this form instead of the sent one.</summary>
    public IReadOnlyDictionary<string, string>? SignedForm { get; init; }

    /// <summary>Sends this body instead of the signed form.</summary>
    public string? RawBody { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
