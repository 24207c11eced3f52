using System.Globalization;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Reconciliation;

internal static class ReconciledMessage
{
    /// <summary>The message with the form that its webhook would have had, as far as Twilio's list knows it.</summary>
    public static InboundMessage Of(ListedMessage listed, IReadOnlyList<(string Url, string? ContentType)> media, string accountSid)
    {
        var form = new Dictionary<string, string>
        {
            ["MessageSid"] = listed.Sid!,
            ["SmsSid"] = listed.Sid!,
            ["SmsMessageSid"] = listed.Sid!,
            ["AccountSid"] = accountSid,
            ["From"] = listed.From!,
            ["To"] = listed.To!,
            ["Body"] = listed.Body ?? "",
            // What Twilio counts, even where its media list is shorter: that something is missing must not go unsaid.
            ["NumMedia"] = Math.Max(listed.NumMedia ?? 0, media.Count).ToString(CultureInfo.InvariantCulture),
        };
        if (listed.NumSegments is { } segments)
            form["NumSegments"] = segments;
        if (listed.MessagingServiceSid is { } service)
            form["MessagingServiceSid"] = service;
        foreach (var (ordinal, (url, contentType)) in media.Index())
        {
            form[$"MediaUrl{ordinal}"] = url;
            if (contentType is not null)
                form[$"MediaContentType{ordinal}"] = contentType;
        }

        return new InboundMessage(form, FormFields.Write(form), IdempotencyToken: null) { Source = MessageSource.Reconciled, ReceivedAt = listed.At };
    }
}
