using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Reminders;

/// <summary>Several things that a member is told in one message, under the key of the first.</summary>
internal static class OneMessage
{
    /// <summary>Gives the others rows too, so that they are not found again: sent in this message, or not sent for the same reason as it.</summary>
    public static DatabaseBatch AddOthers(this DatabaseBatch intent, OutgoingMessage message, IEnumerable<string> keys) => intent.Add(
        """
        insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status, error_code)
        select o.family_id, other, o.kind, o.to_address, o.from_address, '', 'suppressed', coalesce(o.error_code, 'in_one_message')
        from outbound_messages o, unnest($3::text[]) other where o.message_sid = $1 and o.sending_id = $2 and o.status in ('sending', 'suppressed')
        on conflict do nothing
        """,
        message.Reference, message.SendingId, keys.ToArray());
}
