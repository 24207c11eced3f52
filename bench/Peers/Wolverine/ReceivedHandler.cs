namespace FamilyPa.Peers;

public sealed record Received(string MessageSid);

public static class ReceivedHandler
{
    public static Task Handle(Received message, MessageProcessor processor) => processor.ProcessAsync(message.MessageSid);
}
