using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Twilio;

/// <summary>Checks the fields of an inbound message's form, after its signature.</summary>
/// <remarks>
/// Twilio signs names and values without delimiters (https://www.twilio.com/docs/usage/security#validating-requests), so the signature of a form also
/// fits the same text divided into other fields. Such a form must not name another message, sender, recipient or attachment. Therefore these fields
/// have an exact grammar, and outside the sender's words the signed text contains each of them once. Other fields may have any value, because Twilio
/// adds fields without notice.
/// </remarks>
public sealed partial class FormGrammar(TwilioMediaOrigins origins)
{
    private const string Url = "MediaUrl";
    private const string ContentType = "MediaContentType";

    /// <summary>Twilio writes the value of these fields itself, so another value is text of a neighbour.</summary>
    private static readonly Dictionary<string, Regex> Fixed = new()
    {
        ["ApiVersion"] = Version(),
        ["MessageType"] = Word(),
        ["NumMedia"] = Count(),
        ["NumSegments"] = Count(),
        ["ReferralNumMedia"] = Count(),
        ["SmsStatus"] = Word(),
    };

    /// <summary>Whether the form's ids of the message are valid and agree.</summary>
    public static bool HasOneSid(IReadOnlyDictionary<string, string> form) =>
        MessageSids.IsValid(form.GetValueOrDefault("MessageSid"))
        && form.GetValueOrDefault("SmsSid", form["MessageSid"]) == form["MessageSid"]
        && form.GetValueOrDefault("SmsMessageSid", form["MessageSid"]) == form["MessageSid"];

    /// <param name="form">Has a MessageSid, a sender and a recipient.</param>
    /// <returns>The reason code of the first violation; null when there is none.</returns>
    public string? Violation(IReadOnlyDictionary<string, string> form) =>
        !HasOneSid(form) ? "bad_message_sid"
        : form.Any(field => !Name().IsMatch(field.Key) || (Fixed.GetValueOrDefault(field.Key)?.IsMatch(field.Value) is false)) ? "bad_field"
        : !AreAddresses(form) ? "bad_address"
        : !IsMediaOf(form) ? "bad_media"
        : !IsUndivided(form) ? "ambiguous_form"
        : null;

    private static bool AreAddresses(IReadOnlyDictionary<string, string> form)
    {
        var (from, to) = (form["From"], form["To"]);
        return Sender().IsMatch(from) && Sender().IsMatch(to)
            && (Channel(from).Length == 0 || Channel(from) == Channel(to))
            && (!form.TryGetValue("WaId", out var id) || !Digits().IsMatch(id) || !Number().IsMatch(Address.WithoutChannel(from)) || IsSameNumber(id, from));
    }

    private static string Channel(string address) => address[..(address.IndexOf(':', StringComparison.Ordinal) + 1)];

    private static bool IsSameNumber(string id, string from) => E164Phone.Canonical("+" + id) == E164Phone.Canonical(from);

    private bool IsMediaOf(IReadOnlyDictionary<string, string> form)
    {
        var count = int.TryParse(form.GetValueOrDefault("NumMedia"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        return form.Where(field => field.Key.StartsWith(Url, StringComparison.Ordinal) || field.Key.StartsWith(ContentType, StringComparison.Ordinal)).All(field =>
        {
            var isUrl = field.Key.StartsWith(Url, StringComparison.Ordinal);
            return Ordinal().IsMatch(field.Key[(isUrl ? Url : ContentType).Length..])
                && int.Parse(field.Key[(isUrl ? Url : ContentType).Length..], CultureInfo.InvariantCulture) < count
                && (!isUrl || origins.IsMedia(field.Value, form["MessageSid"], out _));
        });
    }

    /// <summary>Whether no field hides one that the form had when Twilio signed it.</summary>
    private static bool IsUndivided(IReadOnlyDictionary<string, string> form)
    {
        var hasMetadata = IsWhole(form.GetValueOrDefault("ChannelMetadata", ""));
        // The sender's words and name, and WhatsApp's field with the name: their text is free.
        var free = form.Where(field => field.Key is "Body" or "ProfileName" || (hasMetadata && field.Key == "ChannelMetadata")).ToDictionary();
        var signed = string.Concat(form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + (free.ContainsKey(field.Key) ? "\n" : field.Value)));
        return (Channel(form["From"]).Length == 0 ? PlainSenders() : ChannelSenders()).Count(signed) == 1
            && Recipients().Count(signed) == 1
            && MessageSidFields().Count(signed) == Present("MessageSid", "SmsMessageSid") + (MessageSids.IsValid(form.GetValueOrDefault("OriginalRepliedMessageSid")) ? 1 : 0)
            && SmsSidFields().Count(signed) == Present("SmsSid")
            && MediaCounts().Count(signed) == Present("NumMedia")
            && (Address.IsExternalId(form.GetValueOrDefault("ExternalUserId", ""))
                ? ExternalIds().Count(signed) == 1 && hasMetadata == form.ContainsKey("ChannelMetadata") && !Metadata().IsMatch(signed) && !form.Keys.Any(IsStrange)
                : !ExternalIds().IsMatch(signed))
            && MediaUrls().Count(signed) == form.Keys.Count(name => name.StartsWith(Url, StringComparison.Ordinal))
            // Free text that quotes such a field could have swallowed it. The fields that Twilio signs after all that a sender can write exclude that.
            && (!free.Values.Any(Quoted().IsMatch) || (Present("SmsMessageSid", "SmsSid") == 2 && (Channel(form["From"]).Length == 0 || (form.ContainsKey("WaId") && Number().IsMatch(Address.WithoutChannel(form["From"]))))));

        // Between the id and the sender, a name could be the id's own end.
        static bool IsStrange(string name) => string.CompareOrdinal(name, "ExternalUserId") > 0 && string.CompareOrdinal(name, "From") < 0
            && name is not ("FlowData" or "Forwarded" or "FrequentlyForwarded");

        int Present(params ReadOnlySpan<string> names)
        {
            var count = 0;
            foreach (var name in names)
                count += form.ContainsKey(name) ? 1 : 0;
            return count;
        }
    }

    /// <summary>WhatsApp's own field between the sender's words and the id: where it is whole, the id is no part of it and of no words before it.</summary>
    private static bool IsWhole(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[A-Za-z_-]{0,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[0-9]{0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Count();

    /// <summary>A phone number, a short code, a business-scoped id of WhatsApp, or an alphanumeric sender; with its channel, except for SMS.</summary>
    [GeneratedRegex(@"\A(?:[a-z]{2,20}:)?(?:\+?[0-9]{3,20}|[A-Z]{2}\.[A-Za-z0-9.]{1,128}|[A-Za-z0-9][A-Za-z0-9 &_.-]{0,15})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sender();

    [GeneratedRegex(@"\A[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\A\+[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A(?:0|[1-9][0-9]?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ordinal();

    [GeneratedRegex(@"From(?!City|Country|State|Zip)", RegexOptions.CultureInvariant)]
    private static partial Regex PlainSenders();

    [GeneratedRegex(@"From(?:[a-z]+:[+A-Za-z0-9]|\+?[0-9]{3})", RegexOptions.CultureInvariant)]
    private static partial Regex ChannelSenders();

    [GeneratedRegex(@"To(?:[a-z]+:\+?[0-9]{3}|\+[0-9]{3}|[0-9]{5})", RegexOptions.CultureInvariant)]
    private static partial Regex Recipients();

    [GeneratedRegex(@"MessageSid(?:SM|MM)[0-9a-f]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex MessageSidFields();

    [GeneratedRegex(@"SmsSid(?:SM|MM)[0-9a-f]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex SmsSidFields();

    [GeneratedRegex(@"(?<!Referral)NumMedia[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex MediaCounts();

    [GeneratedRegex(@"MediaUrl[0-9]+https?://", RegexOptions.CultureInvariant)]
    private static partial Regex MediaUrls();

    [GeneratedRegex(@"ExternalUserId(?:whatsapp:)?[A-Z]{2}\.", RegexOptions.CultureInvariant)]
    private static partial Regex ExternalIds();

    [GeneratedRegex(@"ChannelMetadata\s*\{", RegexOptions.CultureInvariant)]
    private static partial Regex Metadata();

    [GeneratedRegex(@"From[a-z]+:(?:\+?[0-9]{3}|[A-Z]{2}\.)|MessageSid(?:SM|MM)[0-9a-f]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
