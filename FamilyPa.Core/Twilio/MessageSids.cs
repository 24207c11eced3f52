using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Twilio;

/// <summary>Twilio's message SIDs: SM or MM and 32 hexadecimal digits.</summary>
public static partial class MessageSids
{
    /// <summary>What the ids of our own test messages begin with; Twilio's are random.</summary>
    private const string SyntheticPrefix = "SMca4a4900";

    /// <summary>An id for a test message of our own.</summary>
    public static string NewSynthetic() => SyntheticPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>Whether no family sent the message, but we did.</summary>
    public static bool IsSynthetic(string messageSid) => messageSid.StartsWith(SyntheticPrefix, StringComparison.Ordinal);

    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text);

    [GeneratedRegex(@"\A(?:SM|MM)[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
