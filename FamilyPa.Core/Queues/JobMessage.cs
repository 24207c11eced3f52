using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Queues;

/// <summary>The content of a phase's queue message.</summary>
/// <param name="MessageSid">Twilio's id of the message.</param>
/// <param name="Generation">Number of replays; null in a message that an operator put into the queue, which means the current generation.</param>
/// <param name="Traceparent">The sender's span (W3C). When null, the receiver takes the message's own trace from the database.</param>
public sealed record JobMessage(
    [property: JsonPropertyName("messageSid")] string MessageSid,
    [property: JsonPropertyName("generation"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Generation,
    [property: JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Traceparent = null)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>
    /// Reads the app's JSON, or a bare MessageSid that an operator enters. Either may be in Base64, the Azure Portal's default.
    /// </summary>
    public static JobMessage? TryParse(string body) => QueueText.Readings(body).Select(TryParsePlain).FirstOrDefault(message => message is not null);

    private static JobMessage? TryParsePlain(string text)
    {
        if (text.Trim('"') is var bare && MessageSids.IsValid(bare))
            return new JobMessage(bare, null);
        if (!text.StartsWith('{'))
            return null;
        try
        {
            return JsonSerializer.Deserialize<JobMessage>(text) is { } message && MessageSids.IsValid(message.MessageSid) ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
