using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Notifications;

/// <summary>Asks an invited person once whether they want to join the family.</summary>
public sealed class Invitations(
    Database database, ReplyOutbox replies, NotificationChannels channels, IOptions<LimitSettings> settings, ILogger<Invitations> log) : INotificationHandler
{
    private const string Limited = "FP009";

    public NotificationKind Kind => NotificationKind.Invitation;

    /// <inheritdoc/>
    public async Task SendAsync(Notification notification, CancellationToken cancellation)
    {
        var userId = notification.Id;
        if (await ReadAsync(userId) is not { } invited)
            return;
        // By SMS: the number has not written to us.
        var message = new OutgoingMessage(
            ReplyKind.Invitation, invited.FamilyId, $"member:{userId:D}", invited.Phone, invited.OurNumber,
            InvitationText.Question(invited.To, invited.Phone));
        var limits = settings.Value;
        // A number that is paused and a limit that is reached look the same to the family as a number that does not answer.
        await using var intent = ReplyOutbox.AddIntent(database.AsService(), message).Add(
            $"select limit_invitations($3, $4, $5, $6, $7, $8) where {ReplyOutbox.IsSending}",
            message.Reference, message.SendingId, invited.FamilyId, userId, limits.InvitationPause, limits.InvitationsPerMemberPerDay,
            limits.InvitationsPerFamilyPerDay, limits.InvitationsPerDay);
        try
        {
            if (await replies.SendAsync(intent, message, CancellationToken.None) is SendResult.NotSent notSent)
                throw new ReplyNotSentException(notSent);
        }
        catch (PostgresException e) when (e.SqlState == Limited)
        {
            log.NotificationNotSent(nameof(NotificationKind.Invitation), userId, "limited");
        }
    }

    /// <summary>Null when the invitation is gone, or was already sent as the answer to a message.</summary>
    private async Task<Invited?> ReadAsync(Guid userId)
    {
        await using var batch = database.AsService().Add(
            """
            select i.family_id, i.phone_e164, our_number(i.family_id, $2), f.locale, f.name, b.display_name
            from invitations i join families f on f.id = i.family_id
            left join family_members b on b.family_id = i.family_id and b.user_id = i.invited_by
            where i.user_id = $1 and (i.asked_at is null or i.texted_at is not null)
            """,
            userId, channels.Configured);
        return await batch.SingleAsync(Read, CancellationToken.None);
    }

    private static Invited Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
        new InvitedTo(row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5)));

    private sealed record Invited(Guid FamilyId, string Phone, string? OurNumber, InvitedTo To);
}
