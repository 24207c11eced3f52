using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reconciliation;

/// <summary>Asks Twilio which messages it has for us, and takes in those that never arrived, whyever that was.</summary>
public sealed class Reconciler(
    TwilioMessageList twilio, DelayedIngestion ingestion, Database database, IOptions<AppSettings> app, IOptions<PipelineSettings> settings, TimeProvider clock,
    ILogger<Reconciler> log)
{
    /// <summary>Ingested messages stay if the run ends early; the next run reads the whole list again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var requestId = Guid.NewGuid().ToString("N");
        using var span = Traces.Start("reconcile")?.SetTag("request_id", requestId);
        try
        {
            foreach (var number in Addresses())
                await RunAsync(number, requestId, cancellation);
        }
        catch (Exception e) when (e is TwilioUnavailableException || DatabaseOutage.Is(e))
        {
            log.ReconciliationFailed("messages", ErrorCode.Of(e), requestId);
        }
    }

    /// <summary>Each of our numbers by both its channels; null, for all that come to the account, where none are configured.</summary>
    private IEnumerable<string?> Addresses() =>
        app.Value.Numbers() is { Count: > 0 } numbers ? numbers.SelectMany(number => (string?[])[number, $"whatsapp:{number}"]) : [null];

    private async Task RunAsync(string? to, string requestId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var since = now - settings.Value.ReconcileBack;
        await foreach (var page in twilio.ListAsync(since, cancellation, to is null ? [] : [("To", to)]))
        {
            var inbound = page.Where(message => IsInbound(message) && (message.At ?? now) >= since && (to is null || message.To == to)).ToList();
            foreach (var message in (await MissingAsync(inbound, cancellation)).OrderBy(message => message.At))
            {
                await UntilRipeAsync(message, cancellation);
                await IngestAsync(message, requestId, cancellation);
            }
        }
    }

    private static bool IsInbound(ListedMessage message) =>
        message is { Direction: "inbound", From.Length: > 0, To.Length: > 0 } && message.Status != "receiving" && MessageSids.IsValid(message.Sid);

    /// <summary>The messages of a page that are not stored, by one query. Failed and erased messages count as stored.</summary>
    private async Task<IEnumerable<ListedMessage>> MissingAsync(List<ListedMessage> listed, CancellationToken cancellation)
    {
        if (listed.Count == 0)
            return [];
        await using var batch = database.AsService().Add(
            """
            select sid from unnest($1::text[]) sid
            where not exists (select from webhook_events where message_sid = sid)
              and not exists (select from unmatched_messages where message_sid = sid)
              and not exists (select from poison_messages where message_sid = sid and queue = 'inbound')
              and not exists (select from erasure_items where reference = sid)
            """,
            [listed.Select(message => message.Sid!).ToArray()]);
        var missing = (await batch.ListAsync(row => row.GetString(0), cancellation)).ToHashSet();
        return listed.Where(message => missing.Contains(message.Sid!));
    }

    /// <summary>The webhook of a recent message may still arrive. This run waits for it, so that no message takes longer than one period.</summary>
    private async Task UntilRipeAsync(ListedMessage message, CancellationToken cancellation)
    {
        var age = clock.GetUtcNow() - (message.At ?? clock.GetUtcNow());
        var wait = settings.Value.ReconcileAfter - (age > TimeSpan.Zero ? age : TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancellation);
    }

    private async Task IngestAsync(ListedMessage listed, string requestId, CancellationToken cancellation)
    {
        try
        {
            var media = listed.NumMedia > 0 ? await twilio.MediaAsync(listed, cancellation) : [];
            var acceptance = await ingestion.IngestAsync(ReconciledMessage.Of(listed, media, app.Value.TwilioAccountSid), requestId);
            if (acceptance != Acceptance.Duplicate)
                log.Reconciled(listed.Sid!, requestId, acceptance.Outcome);
        }
        catch (Exception e) when (!DatabaseOutage.Is(e) && e is not OperationCanceledException)
        {
            // One that cannot be fetched or stored must not keep the others out.
            log.NotReconciled(listed.Sid!, requestId, ErrorCode.Of(e));
        }
    }
}
