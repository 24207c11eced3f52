using System.Diagnostics.CodeAnalysis;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Twilio;

/// <summary>From where media may be fetched. A webhook's word, and a redirect's, is only taken for addresses that are Twilio's.</summary>
public sealed class TwilioMediaOrigins(IOptions<AppSettings> settings)
{
    /// <summary>Where Twilio's API redirects to (https://support.twilio.com/hc/en-us/articles/223183748); in older accounts, to S3.</summary>
    private static readonly string[] ContentHosts = ["mms.twiliocdn.com", "media.twiliocdn.com"];

    private const string BucketHost = "s3-external-1.amazonaws.com";
    private const string BucketPath = "/media.twiliocdn.com/";

    private readonly Uri api = new(settings.Value.TwilioApiBaseUrl);
    private readonly Uri[] more = [.. HostList.Parse(settings.Value.TwilioMediaHosts)];

    /// <summary>Whether an announced address is of Twilio's API, and spelled as that is: those get our credentials.</summary>
    public bool IsApi(string url, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(url, UriKind.Absolute, out address)
        && IsOf(address, api)
        && url.StartsWith(api.GetLeftPart(UriPartial.Authority) + "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a redirect may be followed there, without credentials.</summary>
    public bool MayFollow(Uri address) =>
        IsOf(address, api)
        || Array.Exists(more, origin => IsOf(address, origin))
        || (address is { Scheme: "https", IsDefaultPort: true, UserInfo: "" }
            && (ContentHosts.Contains(address.Host)
                || (address.Host == BucketHost && address.AbsolutePath.StartsWith(BucketPath, StringComparison.Ordinal))));

    private static bool IsOf(Uri address, Uri origin) =>
        address.UserInfo.Length == 0 && address.Scheme == origin.Scheme && address.Host == origin.Host && address.Port == origin.Port;
}
