using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Limits;

/// <summary>Tells senders that a limit holds their messages back: once in its window, however many messages there are.</summary>
/// <remarks>Not while the message is taken in or set aside: an answer must not wait for Twilio, and a flood must not send replies.</remarks>
public sealed class LimitNotifications(Database database, ReplyOutbox replies)
{
    private const int MostAtOnce = 50;

    /// <summary>Those that nobody has been told of yet.</summary>
    public async Task SendAsync(CancellationToken cancellation)
    {
        foreach (var notice in await DueAsync(cancellation))
        {
            var text = notice.Kind == ReplyKind.Throttled ? Phrases.Of(notice.Locale).Throttled : Phrases.Of(notice.Locale).Deferred;
            await using var intent = ReplyOutbox.AddIntent(
                database.AsService(), notice.FamilyId, notice.MessageSid, notice.Kind, notice.To, notice.From, text, notice.OptedOut);
            var body = await intent.SingleDurablyAsync(row => row.GetString(0), cancellation);
            var result = body is null ? null : await replies.SendAsync(notice.MessageSid, notice.Kind, notice.To, notice.From, body);
            await using var batch = ReplyOutbox.AddResult(database.AsService(), notice.MessageSid, notice.Kind, result);
            // What Twilio did not take is said at the next sweep.
            if (result is not SendResult.NotSent)
                batch.Add("update limit_notifications set notified_at = now() where message_sid = $1 and kind = $2", notice.MessageSid, notice.Kind.ToString().ToLowerInvariant());
            await batch.ExecuteDurablyAsync(CancellationToken.None);
        }
    }

    /// <summary>None while Twilio is down, and none of yesterday: that would be no news.</summary>
    private async Task<List<Due>> DueAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select n.family_id, n.message_sid, n.kind, i.from_address, i.to_address, f.locale, coalesce(m.opted_out_at is not null, true)
            from limit_notifications n
            join inbound_messages i on i.message_sid = n.message_sid
            join families f on f.id = n.family_id
            left join family_members m on m.family_id = n.family_id and m.user_id = n.user_id
            where n.notified_at is null and n.since > now() - interval '2 days'
              and not exists (select from breakers b where b.dependency = 'twilio' and b.state <> 'closed')
            order by n.since limit $1
            """,
            MostAtOnce);
        return await batch.ListAsync(Read, cancellation);
    }

    private static Due Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), Enum.Parse<ReplyKind>(row.GetString(2), ignoreCase: true), row.GetString(3), row.GetString(4), row.GetString(5), row.GetBoolean(6));

    private sealed record Due(Guid FamilyId, string MessageSid, ReplyKind Kind, string To, string From, string Locale, bool OptedOut);
}
