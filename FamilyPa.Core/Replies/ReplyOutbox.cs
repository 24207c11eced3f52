using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Replies;

/// <summary>Which of the answers to a message it is; each is given at most once.</summary>
public enum ReplyKind
{
    Reply,
    Failure,

    /// <summary>To a member who was added by another: what stands for the message answered is <c>member:</c> and the user id.</summary>
    Invitation,

    /// <summary>Of a task that is due: what stands for the message answered is its key (<c>reminder_key</c>).</summary>
    Reminder,
    /// <summary>That more came than is taken at once.</summary>
    Throttled,

    /// <summary>That the day's budget is used up.</summary>
    Deferred,
}

/// <summary>What we say to a sender: the intent is stored first, then it is sent, then the result is stored.</summary>
/// <remarks>A reply found in state <c>sending</c> was with Twilio when its process died: it becomes <c>uncertain</c> and is not sent again.</remarks>
public sealed class ReplyOutbox(Database database, TwilioClient twilio, ILogger<ReplyOutbox> log)
{
    /// <summary>
    /// Adds the intent, unless there is one, and takes it up for sending. The row that comes of it is the body to send;
    /// there is none when it was sent before, may have been, or must not be. The same batch may run again when it is not known whether
    /// it was committed: what it took up itself has not been sent.
    /// </summary>
    /// <param name="suppressed">The receiver wants nothing more from us, which also counts for what waits from before.</param>
    /// <param name="sendingId">Of the one who takes it up; null for one of its own.</param>
    public static DatabaseBatch AddIntent(
        DatabaseBatch batch, Guid familyId, string messageSid, ReplyKind kind, string to, string from, string body, bool suppressed,
        Guid? sendingId = null) => batch
        .Add(
            """
            insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status)
            values ($1, $2, $3, $4, $5, $6, 'pending') on conflict (message_sid, kind) do nothing
            """,
            familyId, messageSid, Name(kind), to, from, body)
        // A reply may still say that STOP was heard. Whatever else we send asks here, whoever asked before. A message may
        // have waited for longer than WhatsApp's window, or was replayed after it.
        .Add(
            """
            update outbound_messages o set status = 'suppressed', error_code = case when not unwanted.is_so then 'outside_window' end, updated_at = now()
            from (select x.id, $3 or ($2 <> 'reply' and has_opted_out(x.to_address)) as is_so from outbound_messages x where x.message_sid = $1 and x.kind = $2) unwanted
            where o.id = unwanted.id and o.status = 'pending' and (unwanted.is_so or (o.to_address ilike 'whatsapp:%' and exists (
              select from family_members m
              where m.phone_e164 = without_channel(o.to_address) and m.last_inbound_at < now() - $4::interval)))
            """,
            messageSid, Name(kind), suppressed, Address.WhatsAppWindow)
        .Add(
            """
            update outbound_messages set status = 'sending', sending_id = $3, updated_at = now()
            where message_sid = $1 and kind = $2 and (status = 'pending' or (status = 'sending' and sending_id = $3)) returning body
            """,
            messageSid, Name(kind), sendingId ?? Guid.NewGuid());

    /// <summary>Hands a body that was taken up to Twilio.</summary>
    /// <remarks>Once begun it is seen through: to be interrupted half-way would leave it uncertain.</remarks>
    public async Task<SendResult> SendAsync(string messageSid, ReplyKind kind, string to, string from, string body)
    {
        using var span = Traces.Start("reply")?.SetTag("kind", Name(kind));
        var result = await twilio.SendAsync(to, from, body, CancellationToken.None);
        span.End(result.Outcome, CodeOf(result));
        Meters.ReplyEnded(Name(kind), result.Outcome);
        log.ReplyEnded(messageSid, Name(kind), result.Outcome, CodeOf(result));
        return result;
    }

    /// <summary>Stores the result of a sending by itself.</summary>
    public async Task StoreResultAsync(string messageSid, ReplyKind kind, SendResult? result)
    {
        await using var batch = AddResult(database.AsService(), messageSid, kind, result);
        await batch.ExecuteDurablyAsync(CancellationToken.None);
    }

    /// <summary>Adds the result of a sending; null when nothing was sent this time, which settles what an earlier process left behind.</summary>
    public static DatabaseBatch AddResult(DatabaseBatch batch, string messageSid, ReplyKind kind, SendResult? result) => result switch
    {
        null => batch.Add(
            """
            update outbound_messages set status = 'uncertain', error_code = 'process_died', updated_at = now()
            where message_sid = $1 and kind = $2 and status = 'sending'
            """,
            messageSid, Name(kind)),
        _ => batch.Add(
            """
            update outbound_messages
            set status = $3, provider_sid = $4, error_code = $5, updated_at = now(), sent_at = case $3 when 'sent' then now() else sent_at end
            where message_sid = $1 and kind = $2 and status = 'sending'
            """,
            messageSid, Name(kind), StatusOf(result), (result as SendResult.Sent)?.Sid, CodeOf(result)),
    };

    private static string Name(ReplyKind kind) => kind.ToString().ToLowerInvariant();

    private static string StatusOf(SendResult result) => result switch
    {
        SendResult.Sent => "sent",
        SendResult.Refused => "failed",
        SendResult.Uncertain => "uncertain",
        _ => "pending",
    };

    private static string? CodeOf(SendResult result) => result switch
    {
        SendResult.Refused refused => refused.Code,
        SendResult.NotSent notSent => notSent.Code,
        SendResult.Uncertain uncertain => uncertain.Code,
        _ => null,
    };
}
