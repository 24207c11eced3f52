using System.Globalization;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Notifications;

/// <summary>Tells a member who was added by another that they were, once.</summary>
public sealed class Invitations(Database database, ReplyOutbox replies, NotificationChannels channels) : INotificationHandler
{
    /// <summary>Who adds and removes strangers all day must not have us write to all of them.</summary>
    private const int MostPerFamilyAndDay = 20;

    public NotificationKind Kind => NotificationKind.Invitation;

    /// <inheritdoc/>
    public async Task SendAsync(Notification notification, CancellationToken cancellation)
    {
        var (userId, by) = (notification.Id, notification.By);
        if (await ReadAsync(userId, by) is not { } invited)
            return;
        var text = string.Format(CultureInfo.InvariantCulture, Phrases.Of(invited.Locale).Invitation, invited.By, invited.Family);
        // By SMS: the member has not written to us.
        var result = await replies.SendAsync(
            new OutgoingMessage(ReplyKind.Invitation, invited.FamilyId, Key(userId), invited.Phone, invited.OurNumber, text), CancellationToken.None);
        if (result is SendResult.NotSent notSent)
            throw new ReplyNotSentException(notSent);
    }

    private static string Key(Guid userId) => $"member:{userId:D}";

    /// <summary>Null when there is no such member any more, or nobody to write to.</summary>
    private async Task<Invited?> ReadAsync(Guid userId, Guid? by)
    {
        await using var batch = database.AsService().Add(
            """
            select m.family_id, m.phone_e164, f.locale, f.name, coalesce(b.display_name, f.name),
              our_number(m.family_id, $5)
            from family_members m join families f on f.id = m.family_id
            left join family_members b on b.family_id = m.family_id and b.user_id = $2::uuid
            where m.user_id = $1 and m.phone_e164 is not null
              and (select count(*) from outbound_messages o
                where o.family_id = m.family_id and o.kind = 'invitation' and o.status <> 'suppressed'
                  and o.message_sid <> $3 and o.created_at > now() - interval '1 day') < $4
            """,
            userId, by, Key(userId), MostPerFamilyAndDay, channels.Configured);
        return await batch.SingleAsync(Read, CancellationToken.None);
    }

    private static Invited Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5));

    private sealed record Invited(Guid FamilyId, string Phone, string Locale, string Family, string By, string? OurNumber);
}
