namespace FamilyPa.Core.Twilio;

/// <summary>Words that carriers give a meaning of their own; none may ever become a task.</summary>
public enum Keyword
{
    None,
    Stop,
    Start,
    Help,
}

public static class Keywords
{
    /// <summary>Reads the whole message as a keyword, or takes the one that Twilio recognised (<c>OptOutType</c>) and answered itself.</summary>
    /// <remarks>Twilio also takes YES for START; to a question of ours it is an answer, so here it counts only if Twilio says so.</remarks>
    public static Keyword Read(string body, string? optOutType) => (optOutType ?? body).Trim().TrimEnd('.', '!').ToUpperInvariant() switch
    {
        "STOP" or "UNSUBSCRIBE" or "END" or "QUIT" or "STOPALL" or "REVOKE" or "OPTOUT" or "CANCEL" => Keyword.Stop,
        "START" or "UNSTOP" => Keyword.Start,
        "HELP" or "INFO" => Keyword.Help,
        _ => Keyword.None,
    };

    /// <summary>Whether a job's reason is a keyword's.</summary>
    public static bool IsReason(string reason) => reason.StartsWith("keyword_", StringComparison.Ordinal);

    /// <summary>The reason code that the job of such a message bears.</summary>
    public static string? Reason(this Keyword keyword) => keyword switch
    {
        Keyword.Stop => "keyword_stop",
        Keyword.Start => "keyword_start",
        Keyword.Help => "keyword_help",
        _ => null,
    };
}
