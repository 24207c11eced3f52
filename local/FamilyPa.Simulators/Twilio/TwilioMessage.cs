using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace FamilyPa.Simulators.Twilio;

/// <summary>A message as Twilio keeps it, either way.</summary>
/// <param name="Direction"><c>inbound</c>, <c>outbound-api</c> or <c>outbound-reply</c> (from TwiML).</param>
/// <param name="Status"><c>received</c> for inbound; <c>queued</c>, <c>sent</c>, <c>delivered</c>, <c>read</c>, <c>failed</c>, <c>undelivered</c>.</param>
/// <param name="At">When Twilio took it.</param>
public sealed record TwilioMessage(string Sid, string Direction, string From, string To, string Body, string Status, DateTimeOffset At)
{
    public string? ContentSid { get; init; }

    public string? StatusCallback { get; init; }

    /// <summary>Null until it has been sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    public int? ErrorCode { get; init; }

    public IReadOnlyList<TwilioMedia> Media { get; init; } = [];

    public bool IsInbound => Direction == "inbound";

    internal static string NewSid(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

/// <summary>One attachment. <see cref="Deleted"/> once the app has asked Twilio to forget it.</summary>
public sealed record TwilioMedia(string Sid, string ContentType, [property: JsonIgnore] byte[] Content, bool Deleted = false)
{
    public int Size => Content.Length;
}
