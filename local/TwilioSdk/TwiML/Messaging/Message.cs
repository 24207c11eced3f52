namespace Twilio.TwiML.Messaging;

/// <summary>One reply.</summary>
internal sealed class Message : TwiML
{
    public Message(string? body, string? to, string? from)
        : base("Message", body ?? "")
    {
        SetAttribute("to", to);
        SetAttribute("from", from);
    }
}
