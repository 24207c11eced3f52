using System.Text.Json;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Messages;

/// <summary>A message as Twilio delivered it. Its form is read leniently: Twilio adds fields without notice.</summary>
/// <param name="Form">Every field by its name, decoded.</param>
/// <param name="RawBody">The form's bytes as they came.</param>
public sealed record InboundMessage(IReadOnlyDictionary<string, string> Form, ReadOnlyMemory<byte> RawBody, string? IdempotencyToken)
{
    public string MessageSid => Form["MessageSid"];

    public string From => Form["From"];

    public string To => Form["To"];

    public string Body => Form.GetValueOrDefault("Body", "");

    public int MediaCount => int.TryParse(Form.GetValueOrDefault("NumMedia"), out var count) ? Math.Clamp(count, 0, 100) : 0;

    public Keyword Keyword => Keywords.Read(Body, Form.GetValueOrDefault("OptOutType"));

    /// <summary>Where the message goes first: a keyword only needs its answer, media must be fetched, text can be read at once.</summary>
    public Phase FirstPhase => Keyword is not Keyword.None ? Phase.Finalize : MediaCount > 0 ? Phase.Download : Phase.Extract;

    /// <summary>The form as JSON text that PostgreSQL can hold.</summary>
    public string ToJson() => JsonSerializer.Serialize(Form.ToDictionary(field => PgText.Clean(field.Key), field => PgText.Clean(field.Value)));
}
