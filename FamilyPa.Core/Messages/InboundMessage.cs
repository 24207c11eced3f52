using System.Text.Json;
using FamilyPa.Core.Commands;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Messages;

/// <summary>How a message came to us.</summary>
public enum MessageSource
{
    /// <summary>Twilio posted it.</summary>
    Webhook,

    /// <summary>It waited in a queue while the database was down.</summary>
    Spilled,

    /// <summary>We asked Twilio for it.</summary>
    Reconciled,
}

/// <summary>A message as Twilio delivered it. Its form is read leniently: Twilio adds fields without notice.</summary>
/// <param name="Form">Every field by its name, decoded.</param>
/// <param name="RawBody">The form's bytes as they came.</param>
public sealed record InboundMessage(IReadOnlyDictionary<string, string> Form, ReadOnlyMemory<byte> RawBody, string? IdempotencyToken)
{
    /// <summary>In bytes.</summary>
    public const int LargestForm = 64 * 1024;

    public MessageSource Source { get; init; }

    /// <summary>When it first arrived; null when that is just now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public string MessageSid => Form["MessageSid"];

    public string From => Form["From"];

    public string To => Form["To"];

    public string Body => BodyOf(Form);

    public int MediaCount => CountMedia(Form);

    public Keyword Keyword => KeywordOf(Form);

    /// <summary>Why there is nothing to be worked on, only something to be answered; null for any other message.</summary>
    /// <remarks>Found once: it takes as long as all the rest of reading a message.</remarks>
    public string? Reason { get; } = ReasonOf(Form);

    /// <summary>Where the message goes first: with a reason it only needs its answer, media must be fetched, text can be read at once.</summary>
    public Phase FirstPhase => Reason is not null ? Phase.Finalize : MediaCount > 0 ? Phase.Download : Phase.Extract;

    /// <summary>Whether the form has what no message can be without.</summary>
    public static bool IsMessage(IReadOnlyDictionary<string, string> form) =>
        MessageSids.IsValid(form.GetValueOrDefault("MessageSid")) && !string.IsNullOrWhiteSpace(form.GetValueOrDefault("From"))
        && !string.IsNullOrWhiteSpace(form.GetValueOrDefault("To"));

    /// <summary>The form as JSON text that PostgreSQL can hold.</summary>
    public string ToJson()
    {
        var fields = new Dictionary<string, string>();
        foreach (var (name, value) in Form)
            fields[PgText.Clean(name)] = PgText.Clean(value);
        return JsonSerializer.Serialize(fields);
    }

    private static string BodyOf(IReadOnlyDictionary<string, string> form) => form.GetValueOrDefault("Body", "");

    private static int CountMedia(IReadOnlyDictionary<string, string> form) =>
        int.TryParse(form.GetValueOrDefault("NumMedia"), out var count) ? Math.Clamp(count, 0, 100) : 0;

    private static Keyword KeywordOf(IReadOnlyDictionary<string, string> form) => Keywords.Read(BodyOf(form), form.GetValueOrDefault("OptOutType"));

    /// <remarks>With an attachment a command's words are its caption.</remarks>
    private static string? ReasonOf(IReadOnlyDictionary<string, string> form)
    {
        if (KeywordOf(form).Reason() is { } keyword)
            return keyword;
        if (CountMedia(form) > 0)
            return null;
        return CommandReader.Read(BodyOf(form))?.Reason ?? (IsBareLocation(form) ? "unsupported_location" : null);
    }

    private static bool IsBareLocation(IReadOnlyDictionary<string, string> form) =>
        form.ContainsKey("Latitude") && form.ContainsKey("Longitude") && string.IsNullOrWhiteSpace(BodyOf(form));
}
