using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.SignIn;

/// <summary>Codes that are sent to a phone to sign in with.</summary>
/// <remarks>
/// Asking for one does the same for every number, in the same time: a row and a queue message. Whose number it is is looked up when the queue
/// message is worked on, and only then is the code made, so that it is in no queue, no table and no log.
/// </remarks>
public sealed partial class LoginCodes(
    Database database, NotificationQueue notifications, ReplyOutbox replies, SessionKeys keys, NotificationChannels channels, CallerLimits callers,
    IOptions<SignInSettings> settings, IOptions<LimitSettings> limitSettings, ILogger<LoginCodes> log) : INotificationHandler
{
    /// <summary>Stands for the code in the message that is stored.</summary>
    private const string Mask = "••••••";

    public NotificationKind Kind => NotificationKind.Code;

    /// <param name="phone">In E.164.</param>
    /// <param name="caller">The caller's networks.</param>
    public async Task RequestAsync(string phone, IReadOnlyList<CallerNetwork> caller, string requestId, CancellationToken cancellation)
    {
        var limits = settings.Value;
        var id = Guid.NewGuid();
        try
        {
            var outcome = await callers.RunAsync(
                database, "codes_of_address", caller, TimeSpan.FromHours(1), limits.CodesPerHourPerAddress,
                batch => batch.Add(
                    "select request_code($1, $2, $3, $4, $5, $6, $7)",
                    id, phone, keys.OfPhone(phone), limits.CodeLifetime, limits.CodesPerMinutePerPhone, limits.CodesPerHourPerPhone, limits.CodesPerDayPerPhone),
                batch => batch.SingleAsync(row => row.GetString(0), cancellation));
            if (outcome == "wanted")
                await notifications.SendAsync(new Notification(NotificationKind.Code, id), cancellation);
            else
                log.CodeLimited(requestId, outcome!);
        }
        catch (TooManyTriesException e)
        {
            if (!e.IsKnown)
                log.CodeLimited(requestId, "limited_address");
        }
    }

    /// <summary>The stored text of a sent message with a code.</summary>
    public static string Keep(string sent) => Codes().Replace(sent, Mask);

    /// <summary>Makes the code and sends it, if the number is a member's.</summary>
    public async Task SendAsync(Notification notification, CancellationToken cancellation)
    {
        var id = notification.Id;
        if (await FindAsync(id, cancellation) is not { } request)
            return;
        if (request.Member is { } member)
        {
            if (await SendAsync(id, request.Phone, member, cancellation))
                return;
            log.CodeNotSent(id, "limited_all");
        }
        else
        {
            log.CodeNotSent(id, "nobody");
        }

        await using var batch = database.AsService();
        Forget(batch, id);
        await batch.ExecuteAsync(CancellationToken.None);
    }

    /// <returns>Whether the limit of codes allows it.</returns>
    private async Task<bool> SendAsync(Guid id, string phone, Receiver member, CancellationToken cancellation)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var text = string.Format(CultureInfo.InvariantCulture, Phrases.Of(member.Locale, member.Channel.To).SignInCode, Mask);
        var message = new OutgoingMessage(ReplyKind.Code, member.FamilyId, $"code:{id:D}", member.Channel.To, member.Channel.From, text)
        {
            AddSecret = body => body.Replace(Mask, code, StringComparison.Ordinal),
        };
        // The family is counted by a hash, because counts outlive its erasure by a day.
        // Only a code that is sent replaces the one before, and counts: requests for numbers that get none must not lock members out.
        await using var intent = ReplyOutbox.AddIntent(database.AsService(), message)
            .Add(
                $"""
                select limit_sign_ins('codes_of_family', md5($3), interval '1 hour', $4), limit_sign_ins('codes_of_all', '', interval '1 hour', $5)
                where {ReplyOutbox.IsSending}
                """,
                message.Reference, message.SendingId, member.FamilyId.ToString(),
                Math.Max(1, settings.Value.CodesPerHour * limitSettings.Value.FamilySharePercent / 100), settings.Value.CodesPerHour)
            .Add(
                $"""
                update login_codes set code_hash = $3, family_id = $4, user_id = case when not $6 then $5::uuid end, invited_user = case when $6 then $5::uuid end
                where id = $7 and {ReplyOutbox.IsSending}
                """,
                message.Reference, message.SendingId, keys.OfCode(phone, code), member.FamilyId, member.UserId, member.IsInvited, id);
        try
        {
            if (await replies.SendAsync(intent, message, cancellation, batch => Forget(batch, id)) is SendResult.NotSent notSent)
                throw new ReplyNotSentException(notSent);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == TooManyTriesException.SqlState)
        {
            return false;
        }
    }

    private static void Forget(DatabaseBatch batch, Guid id) => batch.Add("update login_codes set phone = null where id = $1", id);

    /// <summary>Null when it is sent already, or too old.</summary>
    private async Task<Request?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select c.phone, m.family_id, m.user_id, f.locale, last.from_address, coalesce(last.to_address, our_number(m.family_id, $2)), m.last_inbound_at, m.is_invited
            from login_codes c
            -- Of a member of several families, the one chosen last; of a number that is no member, the family that it was last asked to join.
            left join lateral (
              select m.family_id, m.user_id, m.last_inbound_at, false as is_invited, m.chosen_at as asked_at from family_members m where m.phone_e164 = c.phone
              union all
              select i.family_id, i.user_id, null, true, i.asked_at from invitations i where i.phone_e164 = c.phone and i.asked_at is not null
              order by is_invited, asked_at desc nulls last limit 1) m on c.used_at is null
            left join families f on f.id = m.family_id
            left join lateral last_addresses(m.user_id) last on true
            where c.id = $1 and c.phone is not null and c.expires_at > now()
            """,
            id, channels.Configured);
        return await batch.SingleAsync(Read, cancellation);
    }

    private Request Read(NpgsqlDataReader row)
    {
        var phone = row.GetString(0);
        var seen = row.IsDBNull(6) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(6);
        return new Request(
            phone, row.IsDBNull(1) ? null : new Receiver(row.GetGuid(1), row.GetGuid(2), row.GetString(3), channels.Of(phone, Text(row, 4), Text(row, 5), seen), row.GetBoolean(7)));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    [GeneratedRegex(@"(?<!\d)\d{6}(?!\d)")]
    private static partial Regex Codes();

    /// <param name="Member">Null if the number belongs to no member and is not invited, or the code was revoked.</param>
    private sealed record Request(string Phone, Receiver? Member);

    private sealed record Receiver(Guid FamilyId, Guid UserId, string Locale, Channel Channel, bool IsInvited);
}
