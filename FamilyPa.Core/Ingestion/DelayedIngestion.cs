using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Ingestion;

/// <summary>Takes in a message after its webhook has been answered, or without one: there is no TwiML to answer with any more.</summary>
public sealed class DelayedIngestion(MessageIngestion ingestion, ReplyOutbox replies)
{
    /// <inheritdoc cref="MessageIngestion.AcceptAsync"/>
    public async Task<Acceptance> IngestAsync(InboundMessage message, string requestId)
    {
        var acceptance = await ingestion.AcceptAsync(message, requestId, CancellationToken.None);
        if (acceptance.Answer is { } answer)
        {
            // The message counts as answered from here on, so the answer may get lost, and never comes twice.
            await replies.SendAsync(
                new OutgoingMessage(ReplyKind.UnknownSender, null, message.MessageSid, PgText.Clean(message.From), message.To, answer), CancellationToken.None);
        }

        return acceptance;
    }
}
