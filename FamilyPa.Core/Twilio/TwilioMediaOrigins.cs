using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Twilio;

/// <summary>Decides from which URLs media may be downloaded. URLs in webhooks and redirects are untrusted input.</summary>
public sealed partial class TwilioMediaOrigins(IOptions<AppSettings> settings)
{
    /// <summary>The redirect targets of Twilio's API (https://support.twilio.com/hc/en-us/articles/223183748); for older accounts also S3.</summary>
    private static readonly string[] ContentHosts = ["mms.twiliocdn.com", "media.twiliocdn.com"];

    private const string BucketHost = "s3-external-1.amazonaws.com";
    private const string BucketPath = "/media.twiliocdn.com/";

    private readonly Uri api = new(settings.Value.TwilioApiBaseUrl);
    private readonly Uri[] more = [.. HostList.Parse(settings.Value.TwilioMediaHosts)];

    /// <summary>Whether the URL names an attachment of this message at Twilio's API, in its normal spelling. Only such requests carry our credentials.</summary>
    /// <remarks>Another path could name another message of our account, which the app would fetch and then delete.</remarks>
    public bool IsMedia(string url, string messageSid, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(url, UriKind.Absolute, out address)
        && IsOf(address, api)
        && api.GetLeftPart(UriPartial.Authority) + $"/2010-04-01/Accounts/{settings.Value.TwilioAccountSid}/Messages/{messageSid}/Media/" is var parent
        && url.StartsWith(parent, StringComparison.Ordinal)
        && IsMediaSid(url[parent.Length..]);

    public static bool IsMediaSid(string? text) => text is not null && MediaSid().IsMatch(text);

    /// <summary>Whether the client may follow a redirect to this address, without credentials.</summary>
    public bool MayFollow(Uri address) =>
        IsOf(address, api)
        || Array.Exists(more, origin => IsOf(address, origin))
        || (address is { Scheme: "https", IsDefaultPort: true, UserInfo: "" }
            && (ContentHosts.Contains(address.Host)
                || (address.Host == BucketHost && address.AbsolutePath.StartsWith(BucketPath, StringComparison.Ordinal))));

    private static bool IsOf(Uri address, Uri origin) =>
        address.UserInfo.Length == 0 && address.Scheme == origin.Scheme && address.Host == origin.Host && address.Port == origin.Port;

    [GeneratedRegex(@"\AME[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex MediaSid();
}
