using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FamilyPa.Core.Twilio;

/// <summary>A message in Twilio's message list, inbound or outbound.</summary>
/// <param name="NumMedia">A string in Twilio's JSON.</param>
public sealed record ListedMessage(
    string? Sid, string? AccountSid, string? Direction, string? Status, string? From, string? To, string? Body, int? NumMedia, string? NumSegments,
    string? MessagingServiceSid, string? DateSent, string? DateCreated, ListedSubresources? SubresourceUris)
{
    /// <summary>To the second; null when the dates cannot be read.</summary>
    public DateTimeOffset? At =>
        DateTimeOffset.TryParse(DateSent ?? DateCreated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;
}

public sealed record ListedSubresources(string? Media);

public sealed record ListedMedia(string? Sid, string? ContentType, string? Uri);

internal sealed record MessagePage(IReadOnlyList<ListedMessage>? Messages, string? NextPageUri);

internal sealed record MediaPage(IReadOnlyList<ListedMedia>? MediaList, string? NextPageUri);

internal static class TwilioJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static T? Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options);
}
