using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Operations;

/// <summary>Selects messages. Null means any.</summary>
/// <param name="Statuses">Job statuses, or <see cref="Unmatched"/>.</param>
/// <param name="Phone">The sender, without a channel.</param>
/// <param name="Since">Received then or later.</param>
/// <param name="Until">Received before then.</param>
public sealed record EventFilter(
    IReadOnlyList<string>? Statuses = null,
    string? Reason = null,
    string? ErrorCode = null,
    Phase? Phase = null,
    Guid? FamilyId = null,
    string? Phone = null,
    string? Source = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null)
{
    /// <summary>The status of a message without a job: its sender is unknown, or has to choose one of several families.</summary>
    public const string Unmatched = "unmatched";

    public static readonly IReadOnlyList<string> KnownStatuses =
    [
        "received", "downloading", "transcribing", "extracting", "finalizing", "deferred", "throttled", "done", "rejected", "failed", Unmatched,
    ];

    public static readonly IReadOnlyList<string> KnownSources = ["webhook", "fallback", "reconciled"];

    private static readonly JsonSerializerOptions AuditJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    [JsonIgnore]
    public bool IsEmpty => this == new EventFilter();

    /// <summary>The filter in the audit log, with the phone masked to the last two digits.</summary>
    public string ToAuditJson() => JsonSerializer.Serialize(this with { Phone = Phone is null ? null : "…" + Phone[^2..] }, AuditJson);
}
