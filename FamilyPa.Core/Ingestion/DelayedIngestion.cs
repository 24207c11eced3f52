using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Ingestion;

/// <summary>Takes in a message after its webhook has been answered, or without one: there is no TwiML to answer with any more.</summary>
public sealed class DelayedIngestion(MessageIngestion inbox, TwilioClient twilio, ILogger<DelayedIngestion> log)
{
    /// <inheritdoc cref="Inbox.AcceptAsync"/>
    public async Task<Acceptance> IngestAsync(InboundMessage message, string requestId)
    {
        var acceptance = await inbox.AcceptAsync(message, requestId, CancellationToken.None);
        if (acceptance == Acceptance.UnknownSender)
        {
            // Stored as told, then told: this may get lost, and never comes twice.
            var result = await twilio.SendAsync(message.From, message.To, Phrases.UnknownSender, CancellationToken.None);
            Meters.ReplyEnded("unknown_sender", result.Outcome);
            log.UnknownSenderAnswered(message.MessageSid, requestId, result.Outcome);
        }

        return acceptance;
    }
}
