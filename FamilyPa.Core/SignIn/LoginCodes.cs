using System.Globalization;
using System.Security.Cryptography;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Replies;
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
public sealed class LoginCodes(
    Database database, NotificationQueue notifications, TwilioClient twilio, SessionKeys keys, NotificationChannels channels, IOptions<SignInSettings> settings, ILogger<LoginCodes> log) : INotificationHandler
{
    public NotificationKind Kind => NotificationKind.Code;

    /// <param name="phone">In E.164.</param>
    /// <param name="address">The caller's.</param>
    public async Task RequestAsync(string phone, string address, string requestId, CancellationToken cancellation)
    {
        var limits = settings.Value;
        var id = Guid.NewGuid();
        await using var batch = database.AsService().Add(
            "select request_code($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id, phone, keys.OfPhone(phone), address, limits.CodeLifetime, limits.CodesPerMinutePerPhone, limits.CodesPerHourPerPhone,
            limits.CodesPerDayPerPhone, limits.CodesPerHourPerAddress);
        var outcome = await batch.SingleAsync(row => row.GetString(0), cancellation);
        if (outcome == "wanted")
            await notifications.SendAsync(new Notification(NotificationKind.Code, id), cancellation);
        else
            log.CodeLimited(requestId, outcome!);
    }

    /// <summary>Makes the code and sends it, if the number is a member's who may be written to.</summary>
    public async Task SendAsync(Notification notification, CancellationToken cancellation)
    {
        var id = notification.Id;
        if (await PhoneOfAsync(id, cancellation) is not { } phone)
            return;
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        await using var issue = database.AsService().Add(
            """
            select c.outcome, c.phone, c.locale, c.last_from, coalesce(c.last_to, our_number(m.family_id, $4)), c.last_inbound_at
            from issue_code($1, $2, $3) c join family_members m on m.phone_e164 = c.phone
            """,
            id, keys.OfCode(phone, code), settings.Value.CodesPerHour, channels.Configured);
        var receiver = await issue.SingleAsync(Read, cancellation);
        if (receiver?.Channel is { } channel)
        {
            var text = string.Format(CultureInfo.InvariantCulture, Phrases.Of(receiver.Locale).SignInCode, code);
            var result = await twilio.SendAsync(channel.To, channel.From, text, CancellationToken.None);
            if (result is SendResult.NotSent notSent)
                throw new ReplyNotSentException(notSent);
            log.CodeSent(id, result.GetType().Name, (result as SendResult.Refused)?.Code);
        }
        else if (receiver?.Outcome == "issued")
        {
            log.OwnNumberUnknown("code", id);
        }
        else
        {
            log.CodeSent(id, receiver?.Outcome ?? "nobody", null);
        }

        await using var forget = database.AsService().Add("update login_codes set phone = null where id = $1", id);
        await forget.ExecuteAsync(CancellationToken.None);
    }

    /// <summary>Null when it is sent already, or too old.</summary>
    private async Task<string?> PhoneOfAsync(Guid id, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select phone from login_codes where id = $1 and phone is not null and expires_at > now()", id);
        return await batch.SingleAsync(row => row.GetString(0), cancellation);
    }

    private Receiver Read(NpgsqlDataReader row)
    {
        var outcome = row.GetString(0);
        var seen = row.IsDBNull(5) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(5);
        return new Receiver(outcome, Text(row, 2), outcome == "issued" ? channels.Of(row.GetString(1), Text(row, 3), Text(row, 4), seen) : null);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <param name="Channel">Null where none is to be sent, or there is no number of ours to send it from.</param>
    private sealed record Receiver(string Outcome, string? Locale, Channel? Channel);
}
