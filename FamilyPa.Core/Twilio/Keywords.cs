namespace FamilyPa.Core.Twilio;

/// <summary>Carriers' opt-out keywords. Such a message never becomes a task.</summary>
public enum Keyword
{
    None,
    Stop,
    Start,
    Help,
}

public static class Keywords
{
    /// <summary>Compares the whole message with the keywords, or takes the keyword that Twilio recognised and answered itself (<c>OptOutType</c>).</summary>
    /// <remarks>Twilio also accepts YES for START. YES may answer a clarifying question, so it counts only when Twilio reports it.</remarks>
    public static Keyword Read(string body, string? optOutType) => (optOutType ?? body).Trim().TrimEnd('.', '!').ToUpperInvariant() switch
    {
        "STOP" or "UNSUBSCRIBE" or "END" or "QUIT" or "STOPALL" or "REVOKE" or "OPTOUT" or "CANCEL" => Keyword.Stop,
        "START" or "UNSTOP" => Keyword.Start,
        "HELP" or "INFO" => Keyword.Help,
        _ => Keyword.None,
    };

    /// <summary>Whether the reason code is that of a keyword.</summary>
    public static bool IsReason(string reason) => reason.StartsWith("keyword_", StringComparison.Ordinal);

    /// <summary>The reason code of a keyword's job.</summary>
    public static string? Reason(this Keyword keyword) => keyword switch
    {
        Keyword.Stop => "keyword_stop",
        Keyword.Start => "keyword_start",
        Keyword.Help => "keyword_help",
        _ => null,
    };
}
