using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Replies;

/// <content>The statements on <c>outbound_messages</c>, which callers add to the transactions that they belong to.</content>
public sealed partial class ReplyOutbox
{
    /// <summary>Why a message is suppressed that no number of ours can send.</summary>
    private const string NoNumber = "no_number";

    /// <summary>Whether this attempt took the message up. <c>$1</c> is its reference, <c>$2</c> its <see cref="OutgoingMessage.SendingId"/>.</summary>
    public const string IsSending = "exists (select from outbound_messages o where o.message_sid = $1 and o.sending_id = $2 and o.status = 'sending')";

    /// <summary>
    /// Adds the intent, unless it is stored already, and takes the message up: it becomes <c>sending</c>, or <c>suppressed</c> where it must not be
    /// sent. <see cref="StoreIntentAsync"/> reads the row that this returns. The batch may run again when it is unknown whether it was committed.
    /// </summary>
    public static DatabaseBatch AddIntent(DatabaseBatch batch, OutgoingMessage message) => batch.Add(
        $"""
        insert into outbound_messages as m (family_id, message_sid, kind, to_address, from_address, body, sending_id, status, error_code)
        select o.*, case when r.refusal is null then 'sending' else 'suppressed' end, r.refusal
        from (
          select $1::uuid as family_id, $2 as message_sid, $3 as kind, $4 as to_address, $5 as from_address,
            case when $3 in ('invitation', 'code', 'unknown_sender') then '' else family_prefix($1, $4, $2) end || $6 as body, $7::uuid as sending_id) o,
             lateral (select coalesce($10, {Refusal("$8", "$9")}) as refusal) r
        on conflict (message_sid, kind) do update
        set status = excluded.status, error_code = excluded.error_code, sending_id = excluded.sending_id, updated_at = now()
        where m.status = 'pending' or (m.status = 'sending' and m.sending_id = excluded.sending_id)
        returning m.body, m.error_code
        """,
        message.FamilyId, message.Reference, Name(message.Kind), message.To, message.From ?? "", message.Body, message.SendingId, message.ConfirmsStop,
        message.Template is null ? Address.WhatsAppWindow : null, message.SuppressedBecause);

    /// <summary>Adds the result of a sending; null when this attempt sent nothing, which settles what an earlier process left behind.</summary>
    public static DatabaseBatch AddResult(DatabaseBatch batch, string reference, ReplyKind kind, SendResult? result) => result is null
        ? batch.Add(
            """
            update outbound_messages set status = 'uncertain', error_code = 'process_died', updated_at = now()
            where message_sid = $1 and kind = $2 and status = 'sending'
            """,
            reference, Name(kind))
        // A message that was to be sent again, and that Twilio did not accept, is uncertain as before and may be sent again by a later run.
        : AddOrphan(
            AddClosed(batch, reference, kind, result).Add(
                $"""
                update outbound_messages
                set status = case when $3 = 'pending' and resent_at is not null then 'uncertain' else $3 end,
                    resent_at = case when $3 = 'pending' then null else resent_at end,
                    delivery_status = case when $3 = 'sent' and delivery_rank < {DeliveryStatus.Queued} then 'queued' else delivery_status end,
                    delivery_rank = case when $3 = 'sent' then greatest(delivery_rank, {DeliveryStatus.Queued}) else delivery_rank end,
                    provider_sid = $4, error_code = $5, sent_at = case $3 when 'sent' then now() else sent_at end, updated_at = now()
                where message_sid = $1 and kind = $2 and status = 'sending'
                """,
                reference, Name(kind), StatusOf(kind, result), (result as SendResult.Sent)?.Sid, CodeOf(result)),
            reference, kind, result);

    /// <summary>Has a message deleted at Twilio that it accepted after the family was erased. A statement of its own: it must see what others committed.</summary>
    public static DatabaseBatch AddOrphan(DatabaseBatch batch, string reference, ReplyKind kind, SendResult? result) => batch.Add(
        """
        insert into erasure_items (kind, reference)
        select 'message', $3::text where $3 is not null and not exists (select from outbound_messages where message_sid = $1 and kind = $2)
        on conflict do nothing
        """,
        reference, Name(kind), (result as SendResult.Sent)?.Sid);

    private static DatabaseBatch AddClosed(DatabaseBatch batch, string reference, ReplyKind kind, SendResult result) => result is SendResult.Rejected rejected
        ? batch.Guard("select close_channel(o.to_address, $3, o.from_address) from outbound_messages o where o.message_sid = $1 and o.kind = $2", reference, Name(kind), rejected.Code)
        : batch;

    /// <summary>Adds the statement that takes an uncertain message up once more.</summary>
    private static DatabaseBatch AddResend(DatabaseBatch batch, OutgoingMessage message) => batch.Add(
        $"""
        update outbound_messages o set status = 'sending', resent_at = now(), updated_at = now()
        where o.message_sid = $1 and o.kind = $2 and o.status in ('sending', 'uncertain') and o.resent_at is null and {Refusal("false", "$3")} is null
        """,
        message.Reference, Name(message.Kind), Address.WhatsAppWindow);

    private static string? CodeOf(SendResult result) => result switch
    {
        SendResult.Rejected refused => refused.Code,
        SendResult.NotSent notSent => notSent.Code,
        SendResult.Uncertain uncertain => uncertain.Code,
        _ => null,
    };

    /// <summary>Why message <c>o</c> must not be sent, null when it may be. It is decided when the message is taken up: it may have waited, or be replayed.</summary>
    private static string Refusal(string confirmsStop, string window) =>
        $"""
        case
          when o.from_address = '' then '{NoNumber}'
          when not {confirmsStop} and has_opted_out(o.to_address) then 'opted_out'
          when o.family_id is not null and not exists (
            select from members_at(o.to_address) m where m.family_id = o.family_id)
            and not (o.kind in ('invitation', 'code') and exists (
              select from invitations i where i.family_id = o.family_id and i.phone_e164 = canonical_number(o.to_address))) then 'no_member'
          when is_closed(o.to_address) then 'channel_closed'
          when o.to_address ilike 'whatsapp:%' and exists (
            select from members_at(o.to_address) m where m.last_inbound_at < now() - {window}::interval) then 'outside_window'
        end
        """;

    /// <remarks>Only <see cref="ReplyKind.UnknownSender"/> has no caller that sends again what Twilio did not accept.</remarks>
    private static string StatusOf(ReplyKind kind, SendResult result) => result switch
    {
        SendResult.Sent => "sent",
        SendResult.Uncertain => "uncertain",
        SendResult.NotSent when kind != ReplyKind.UnknownSender => "pending",
        _ => "failed",
    };
}
