using FamilyPa.Core.Diagnostics;
namespace FamilyPa.Core.Twilio;

/// <summary>An attachment that could not be fetched this time, and may be the next: the platform is to try again.</summary>
/// <param name="code">A short stable code.</param>
/// <param name="message">Names no address: a redirect's is signed.</param>
public sealed class MediaFetchException(string code, string message, Exception? inner = null) : Exception(message, inner), IHasErrorCode
{
    public string Code { get; } = code;

    /// <summary>How long Twilio asks us to stay away, where that is more than we wait inside a call.</summary>
    public TimeSpan? Wait { get; init; }
}
