namespace Twilio.TwiML;

/// <summary>The answer to an inbound message.</summary>
public class MessagingResponse() : TwiML("Response")
{
    /// <summary>Adds a reply; the response itself comes back, for chaining.</summary>
    public MessagingResponse Message(string? body = null, string? to = null, string? from = null)
    {
        Add(new Messaging.Message(body, to, from));
        return this;
    }
}
