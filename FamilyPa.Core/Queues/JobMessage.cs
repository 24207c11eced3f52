using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Queues;

/// <summary>What a phase's queue carries: which message, and of which generation of its job.</summary>
/// <param name="MessageSid">Twilio's id of the message.</param>
/// <param name="Generation">Counts replays; null in what a person put into the queue by hand, which means "as it stands now".</param>
/// <param name="Traceparent">Whose span asks for it (W3C); null where the message's own trace is to be looked up, or nothing is traced.</param>
public sealed record JobMessage(
    [property: JsonPropertyName("messageSid")] string MessageSid,
    [property: JsonPropertyName("generation"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Generation,
    [property: JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Traceparent = null)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>
    /// Reads what the app sends (JSON), and what people paste: a bare MessageSid, or either of the two in Base64,
    /// which is how the Azure Portal writes a queue message unless told otherwise.
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
