using FamilyPa.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Ingestion;

/// <summary>The door for verified webhooks: what the database cannot take is kept in a queue until it can, whatever the reason was.</summary>
public sealed class WebhookIngestion(MessageIngestion ingestion, FallbackQueue fallbackQueue, TimeProvider clock, ILogger<WebhookIngestion> log)
{
    /// <summary>With the database's own limit it leaves Twilio, who waits 15 s, its answer.</summary>
    private static readonly TimeSpan FallbackTimeout = TimeSpan.FromSeconds(5);

    /// <remarks>Not bound to the caller's cancellation: verified is stored, even if Twilio hangs up. Throws only if neither store took it.</remarks>
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
