using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Limits;

/// <summary>Tells senders that a limit holds their messages back: once in its window, however many messages there are.</summary>
/// <remarks>Not while the message is taken in or set aside: an answer must not wait for Twilio, and a flood must not send replies.</remarks>
public sealed class LimitNotifications(Database database, ReplyOutbox replies)
{
    private const int MostAtOnce = 50;

    /// <summary>Notifications that were not sent yet.</summary>
    public async Task SendAsync(CancellationToken cancellation)
    {
        foreach (var notice in await DueAsync(cancellation))
        {
            var text = notice.Kind == ReplyKind.Throttled ? Phrases.Of(notice.Locale, notice.To).Throttled : Phrases.Of(notice.Locale, notice.To).Deferred;
            var message = new OutgoingMessage(notice.Kind, notice.FamilyId, notice.MessageSid, notice.To, notice.From, text);
            await using var intent = ReplyOutbox.AddIntent(database.AsService(), message);
            // What Twilio did not accept is sent at the next sweep.
            await replies.SendAsync(intent, message, cancellation, result => result.Add(
                "update limit_notifications set notified_at = now() where message_sid = $1 and kind = $2", notice.MessageSid, ReplyOutbox.Name(notice.Kind)));
        }
    }

    /// <summary>None while Twilio is down, and none of yesterday: that would be no news.</summary>
    private async Task<List<Due>> DueAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select n.family_id, n.message_sid, n.kind, i.from_address, i.to_address, f.locale
            from limit_notifications n
            join inbound_messages i on i.message_sid = n.message_sid
            join families f on f.id = n.family_id
            where n.notified_at is null and n.since > now() - interval '2 days'
              and not exists (select from breakers b where b.dependency = 'twilio' and b.state <> 'closed')
            order by n.since limit $1
            """,
            MostAtOnce);
        return await batch.ListAsync(Read, cancellation);
    }

    private static Due Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), Enum.Parse<ReplyKind>(row.GetString(2), ignoreCase: true), row.GetString(3), row.GetString(4), row.GetString(5));

    private sealed record Due(Guid FamilyId, string MessageSid, ReplyKind Kind, string To, string From, string Locale);
}
