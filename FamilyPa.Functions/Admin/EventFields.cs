using System.Text.RegularExpressions;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;

namespace FamilyPa.Functions.Admin;

/// <summary>Reads the message filter that searches and replays share.</summary>
internal static partial class EventFields
{
    public static EventFilter ReadFilter(this Fields fields)
    {
        var filter = new EventFilter(
            fields.Choices("status", EventFilter.KnownStatuses),
            fields.Text("reason") ?? fields.Text("status_reason"),
            fields.Text("error_code"),
            fields.Phase("phase"),
            fields.Id("family_id"),
            fields.Read("phone", "a phone number in E.164, for example +447700900123", Phone),
            fields.Choice("source", EventFilter.KnownSources),
            fields.Time("since"),
            fields.Time("until"));
        if (filter.Since > filter.Until)
            fields.Refuse("since", "not after until");
        return filter;
    }

    /// <summary>With or without a channel. An unescaped plus sign in a URL arrives as a space.</summary>
    private static string? Phone(string text)
    {
        var sender = Address.WithoutChannel(text);
        return Digits().IsMatch(sender) ? E164Phone.Canonical("+" + sender.TrimStart('+')) : Address.ExternalIdOf(sender);
    }

    [GeneratedRegex(@"\A\+?[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
