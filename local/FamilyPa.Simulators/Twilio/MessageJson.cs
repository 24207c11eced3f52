using System.Globalization;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The message and media resources as the REST API shows them; dates are RFC 2822 in GMT.</summary>
internal static class MessageJson
{
    public static object Of(TwilioMessage message, string accountSid)
    {
        var uri = $"/2010-04-01/Accounts/{accountSid}/Messages/{message.Sid}";
        return new
        {
            accountSid,
            apiVersion = "2010-04-01",
            body = message.Body,
            dateCreated = Date(message.At),
            dateSent = message.SentAt is { } sent ? Date(sent) : null,
            dateUpdated = Date(message.SentAt ?? message.At),
            direction = message.Direction,
            errorCode = message.ErrorCode,
            errorMessage = message.ErrorCode is { } code ? $"Error {code}" : null,
            from = message.From,
            messagingServiceSid = (string?)null,
            numMedia = message.Media.Count(media => !media.Deleted).ToString(CultureInfo.InvariantCulture),
            numSegments = Segments(message.Body).ToString(CultureInfo.InvariantCulture),
            price = (string?)null,
            priceUnit = "USD",
            sid = message.Sid,
            status = message.Status,
            subresourceUris = new { media = $"{uri}/Media.json", feedback = $"{uri}/Feedback.json" },
            to = message.To,
            uri = $"{uri}.json",
        };
    }

    public static object Of(TwilioMedia media, TwilioMessage message, string accountSid) => new
    {
        accountSid,
        contentType = media.ContentType,
        dateCreated = Date(message.At),
        dateUpdated = Date(message.At),
        parentSid = message.Sid,
        sid = media.Sid,
        uri = $"/2010-04-01/Accounts/{accountSid}/Messages/{message.Sid}/Media/{media.Sid}.json",
    };

    /// <summary>One SMS part carries 160 characters, each part of several 153.</summary>
    public static int Segments(string body) => body.Length <= 160 ? 1 : (body.Length + 152) / 153;

    private static string Date(DateTimeOffset at) =>
        at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
}
