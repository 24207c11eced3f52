using FamilyPa.Core.Diagnostics;
namespace FamilyPa.Core.Twilio;

/// <summary>An attachment could not be downloaded because of a transient failure. The platform retries the phase.</summary>
/// <param name="code">A short stable code.</param>
/// <param name="message">Contains no URL, because a redirect's URL is signed.</param>
public sealed class MediaFetchException(string code, string message, Exception? inner = null) : Exception(message, inner), IHasErrorCode
{
    public string Code { get; } = code;

    /// <summary>Twilio's Retry-After, when it is longer than the pause that a call's own retries allow.</summary>
    public TimeSpan? Wait { get; init; }
}
