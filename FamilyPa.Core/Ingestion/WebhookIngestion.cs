using FamilyPa.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Ingestion;

/// <summary>Ingests verified webhooks. A message that the database cannot store waits in the fallback queue.</summary>
public sealed class WebhookIngestion(MessageIngestion ingestion, FallbackQueue fallbackQueue, TimeProvider clock, ILogger<WebhookIngestion> log)
{
    /// <summary>Together with the time for the database it stays below the 15 s that Twilio waits.</summary>
    private static readonly TimeSpan FallbackTimeout = TimeSpan.FromSeconds(5);

    /// <remarks>Ignores the caller's cancellation: a verified message is stored even if Twilio disconnects. Throws only if both stores failed.</remarks>
    public async Task<Acceptance> IngestAsync(InboundMessage message, string requestId)
    {
        var received = clock.GetUtcNow();
        try
        {
            return await ingestion.AcceptAsync(message, requestId, CancellationToken.None);
        }
        catch (Exception e)
        {
            using var limit = new CancellationTokenSource(FallbackTimeout);
            await fallbackQueue.EnqueueAsync(FallbackMessage.Of(message, received, requestId), limit.Token);
            Meters.MessageIngested("fallback", "webhook");
            log.MessageSentToFallbackQueue(message.MessageSid, requestId, "persist", ErrorCode.Of(e), message.RawBody.Length);
            return Acceptance.Fallback;
        }
    }
}
