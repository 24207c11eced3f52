using System.Globalization;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Core.Notifications;

/// <summary>Tells a member who was added by another that they were, once.</summary>
public sealed class Invitations(Database database, ReplyOutbox replies, NotificationChannels channels, ILogger<Invitations> log) : INotificationHandler
{
    /// <summary>Who adds and removes strangers all day must not have us write to all of them.</summary>
    private const int MostPerFamilyAndDay = 20;

    public NotificationKind Kind => NotificationKind.Invitation;

    /// <inheritdoc/>
    public async Task SendAsync(Notification notification, CancellationToken cancellation)
    {
        var (userId, by) = (notification.Id, notification.By);
        var key = Key(userId);
        if (await ReadAsync(userId, by) is not { } invited)
            return;
        if (channels.Of(invited.Phone, null, invited.OurNumber, null) is not { } channel)
        {
            log.OwnNumberUnknown("invitation", userId);
            return;
        }

        var text = string.Format(CultureInfo.InvariantCulture, Phrases.Of(invited.Locale).Invitation, invited.By, invited.Family);
        await using var intent = ReplyOutbox.AddIntent(
            database.AsService(), invited.FamilyId, key, ReplyKind.Invitation, channel.To, channel.From, text, suppressed: false);
        var body = await intent.SingleDurablyAsync(row => row.GetString(0), CancellationToken.None);
        var result = body is null ? null : await replies.SendAsync(key, ReplyKind.Invitation, channel.To, channel.From, body);
        await replies.StoreResultAsync(key, ReplyKind.Invitation, result);
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
            where m.user_id = $1 and m.phone_e164 is not null and m.opted_out_at is null
              and (select count(*) from outbound_messages o
                where o.family_id = m.family_id and o.kind = 'invitation' and o.message_sid <> $3 and o.created_at > now() - interval '1 day') < $4
            """,
            userId, by, Key(userId), MostPerFamilyAndDay, channels.Configured);
        return await batch.SingleAsync(Read, CancellationToken.None);
    }

    private static Invited Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5));

    private sealed record Invited(Guid FamilyId, string Phone, string Locale, string Family, string By, string? OurNumber);
}
