using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Replies;

/// <summary>Sends every message that goes to a phone: the intent is stored first, then the message is sent, then the result is stored.</summary>
/// <remarks>
/// A message found in status <c>sending</c> was passed to Twilio by a process that died: it becomes <c>uncertain</c> and is not sent again here.
/// <c>UncertainReplies</c> finds out whether Twilio has it.
/// </remarks>
public sealed partial class ReplyOutbox(Database database, TwilioClient twilio, ILogger<ReplyOutbox> log)
{
    /// <inheritdoc cref="SendAsync(DatabaseBatch, OutgoingMessage, CancellationToken, Action{DatabaseBatch})"/>
    public async Task<SendResult?> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        await using var intent = AddIntent(database.AsService(), message);
        return await SendAsync(intent, message, cancellation);
    }

    /// <summary>Stores the intent, sends the message and stores the result. Only one caller at a time may do so for a message.</summary>
    /// <param name="intent">The batch that <see cref="AddIntent"/> was called with, and what else belongs to that transaction.</param>
    /// <param name="settle">Adds to the transaction of the result, unless Twilio did not accept the message and it is to be sent again.</param>
    /// <returns>Null when nothing was sent: the message was sent before, may have been, or must not be.</returns>
    public async Task<SendResult?> SendAsync(
        DatabaseBatch intent, OutgoingMessage message, CancellationToken cancellation, Action<DatabaseBatch>? settle = null)
    {
        var taken = await StoreIntentAsync(intent, message, cancellation);
        var result = taken is null ? null : await SendToTwilioAsync(taken);
        await StoreResultAsync(message, result, settle);
        return result;
    }

    /// <summary>Stores the intent, and sends only what this caller has taken up: of several callers that found the same, the others leave it alone.</summary>
    public async Task SendIfTakenAsync(DatabaseBatch intent, OutgoingMessage message, CancellationToken cancellation)
    {
        if (await StoreIntentAsync(intent, message, cancellation) is { } taken)
            await StoreResultAsync(taken, await SendToTwilioAsync(taken));
    }

    /// <summary>Executes the batch with the intent. While the database is down it is repeated, as <see cref="DatabaseBatch.SingleDurablyAsync"/> says.</summary>
    /// <returns>The message to deliver, with the body that its first attempt stored; null as in <see cref="SendAsync(OutgoingMessage, CancellationToken)"/>.</returns>
    public async Task<OutgoingMessage?> StoreIntentAsync(DatabaseBatch intent, OutgoingMessage message, CancellationToken cancellation)
    {
        var (body, suppressed) = await intent.SingleDurablyAsync(row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1)), cancellation);
        if (suppressed == NoNumber)
            log.OwnNumberUnknown(message.Reference, Name(message.Kind));
        else if (suppressed is not null)
            log.ReplyEnded(message.Reference, Name(message.Kind), "suppressed", suppressed);
        return body is null || suppressed is not null ? null : message with { Body = body };
    }

    /// <summary>Passes a message to Twilio that was taken up.</summary>
    /// <remarks>Not cancellable: an interrupted call would leave the message uncertain.</remarks>
    public async Task<SendResult> SendToTwilioAsync(OutgoingMessage taken)
    {
        var (kind, body) = (Name(taken.Kind), taken.AddSecret?.Invoke(taken.Body) ?? taken.Body);
        using var span = Traces.Start("reply")?.SetTag("kind", kind);
        if (Address.IsSms(taken.To))
            span?.SetTag("segments", SmsText.Segments(body));
        var result = await twilio.SendAsync(taken.To, taken.From!, body, taken.Template, CancellationToken.None);
        span.End(result.Outcome, CodeOf(result));
        Meters.ReplyEnded(kind, result.Outcome);
        log.ReplyEnded(taken.Reference, kind, result.Outcome, CodeOf(result));
        return result;
    }

    /// <summary>Stores the result in a transaction of its own; see <see cref="AddResult"/>.</summary>
    public async Task StoreResultAsync(OutgoingMessage message, SendResult? result, Action<DatabaseBatch>? settle = null)
    {
        await using var batch = AddResult(database.AsService(), message.Reference, message.Kind, result);
        if (result is not SendResult.NotSent)
            settle?.Invoke(batch);
        await batch.ExecuteDurablyAsync(CancellationToken.None);
    }

    /// <summary>Resends an uncertain message that Twilio does not have. After a resend, only <see cref="SendResult.NotSent"/> allows another one.</summary>
    /// <returns>Null when it was sent again before, or must not be.</returns>
    public async Task<SendResult?> ResendAsync(OutgoingMessage message)
    {
        await using var mark = AddResend(database.AsService(), message);
        if (await mark.ExecuteAsync(CancellationToken.None) == 0)
            return null;
        var result = await SendToTwilioAsync(message);
        await StoreResultAsync(message, result);
        return result;
    }

    /// <summary>The kind in tables, logs and metrics.</summary>
    public static string Name(ReplyKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
