using FamilyPa.Core.Chat;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Ingestion;

/// <summary>How a message came to us.</summary>
public enum MessageSource
{
    /// <summary>Twilio posted it.</summary>
    Webhook,

    /// <summary>It waited in a queue while the database was down.</summary>
    Fallback,

    /// <summary>We asked Twilio for it.</summary>
    Reconciled,
}

/// <summary>A message as Twilio delivered it. Its form is read leniently: Twilio adds fields without notice.</summary>
/// <param name="Form">Every field by its name, decoded.</param>
/// <param name="RawBody">The form's bytes as they came.</param>
/// <param name="Chosen">What the sender, who is in several families, has chosen by it; null for nothing.</param>
public sealed record InboundMessage(
    IReadOnlyDictionary<string, string> Form, ReadOnlyMemory<byte> RawBody, string? IdempotencyToken, ChosenFamily? Chosen = null)
{
    /// <summary>In bytes.</summary>
    public const int LargestForm = 64 * 1024;

    private const int LongestName = 60;

    public MessageSource Source { get; init; }

    /// <summary>When it first arrived; null when that is just now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public string MessageSid => Form["MessageSid"];

    public string From => Form["From"];

    public string To => Form["To"];

    public string Body => Chosen?.Text ?? TextOf(Form);

    public int MediaCount => CountMedia(Form);

    /// <summary>Found once: it takes as long as all the rest of reading a message.</summary>
    public string Classification { get; } = Chosen is { Text: "" } && CountMedia(Form) == 0
        ? new Command(CommandKind.Family, []).Reason
        : MessageClassification.Of(
            Chosen?.Text ?? TextOf(Form), Form.GetValueOrDefault("OptOutType"), Form.GetValueOrDefault("MessageType"), Form.GetValueOrDefault("From", ""),
            CountMedia(Form), Form.GetValueOrDefault("Forwarded") == "true");

    /// <summary>Whether it is a plain <c>yes</c> or <c>no</c> to an invitation; null when it says something else.</summary>
    public string? Answer => Keywords.Answer(Body) switch { true => "yes", false => "no", null => null };

    /// <summary>The words of a short text without politeness, as a family's name may be; null for a longer one.</summary>
    public string? Said => Body.Length <= LongestName ? string.Join(' ', Politeness.Strip(PlainWords.Of(Body))) : null;

    /// <inheritdoc cref="Keywords.JoinsAgain"/>
    public bool JoinsAgain => Keywords.JoinsAgain(Body);

    /// <summary>WhatsApp's business-scoped id of the sender, beside their number; null where Twilio has not told us so in a webhook.</summary>
    public string? ExternalUserId =>
        Source != MessageSource.Reconciled && Address.IsWhatsApp(From) && !Address.IsExternalId(From) ? Address.ExternalIdOf(Form.GetValueOrDefault("ExternalUserId")) : null;

    /// <summary>Why there is nothing to be worked on, only something to be answered; null for any other message.</summary>
    public string? Reason => Classification != MessageClassification.Ordinary ? Classification
        : IsBareLocation ? "unsupported_location"
        : IsHidden ? "unsupported_message"
        : null;

    /// <summary>Where the message goes first: with a reason it only needs its answer, media must be fetched, text can be read at once.</summary>
    public Phase FirstPhase => Reason is not null ? Phase.Finalize : MediaCount > 0 ? Phase.Download : Phase.Extract;

    private bool IsBareLocation =>
        Form.ContainsKey("Latitude") && Form.ContainsKey("Longitude") && MediaCount == 0 && string.IsNullOrWhiteSpace(Body);

    /// <summary>WhatsApp hides its content (view once), or Twilio does not deliver it (polls, events).</summary>
    private bool IsHidden => Form.GetValueOrDefault("MessageType") == "unsupported" && MediaCount == 0 && string.IsNullOrWhiteSpace(Body);

    /// <summary>The message with what the sender has chosen by it.</summary>
    public InboundMessage For(ChosenFamily chosen) => new(Form, RawBody, IdempotencyToken, chosen) { Source = Source, ReceivedAt = ReceivedAt };

    /// <summary>Whether the form has what no message can be without.</summary>
    public static bool IsMessage(IReadOnlyDictionary<string, string> form) =>
        MessageSids.IsValid(form.GetValueOrDefault("MessageSid")) && !string.IsNullOrWhiteSpace(form.GetValueOrDefault("From"))
        && !string.IsNullOrWhiteSpace(form.GetValueOrDefault("To"));

    /// <summary>The form as jsonb can hold it: U+0000 is replaced.</summary>
    public IReadOnlyDictionary<string, string> StorableForm()
    {
        var fields = new Dictionary<string, string>();
        foreach (var (name, value) in Form)
            fields[PgText.Clean(name)] = PgText.Clean(value);
        return fields;
    }

    /// <summary>The text, or what a button or a list entry says that was tapped.</summary>
    private static string TextOf(IReadOnlyDictionary<string, string> form) =>
        ((string[])["Body", "ButtonText", "ButtonPayload", "ListTitle", "ListId"]).Select(field => form.GetValueOrDefault(field, ""))
            .FirstOrDefault(text => !string.IsNullOrWhiteSpace(text), "");

    private static int CountMedia(IReadOnlyDictionary<string, string> form) =>
        int.TryParse(form.GetValueOrDefault("NumMedia"), out var count) ? Math.Clamp(count, 0, 100) : 0;
}

/// <param name="Text">What the message says besides the family's name.</param>
public sealed record ChosenFamily(Guid Id, string Text);
