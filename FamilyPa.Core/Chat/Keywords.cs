using FamilyPa.Core.Replies;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Chat;

/// <summary>Carriers' opt-out keywords. Such a message never becomes a task.</summary>
public enum Keyword
{
    None,
    Stop,
    Start,
    Help,
}

/// <summary>Recognises keywords. On SMS they are Twilio's and what is obviously meant; WhatsApp reserves none, so there only obvious words count.</summary>
public static class Keywords
{
    private const int MaxLength = 40;

    /// <summary>Keywords with which Twilio itself stops. In a chat "cancel" and "end" answer a question of ours.</summary>
    private static readonly HashSet<string> CarrierStops = ["end", "quit", "cancel", "stopall", "revoke", "optout"];

    /// <summary>What Twilio answers by itself, when it is all that an SMS says: https://help.twilio.com/articles/223134027.</summary>
    private static readonly HashSet<string> AnsweredByTwilio = new(
        [.. CarrierStops, "stop", "unsubscribe", "start", "yes", "unstop", "help", "info"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Starts = ["start", "unstop"];
    private static readonly HashSet<string> Helps = ["help", "info"];

    private static readonly HashSet<string> Stops = WordsOf(words => words.Stop);
    private static readonly HashSet<string> Yeses = WordsOf(words => words.Yes);
    private static readonly HashSet<string> Noes = WordsOf(words => words.No);
    private static readonly HashSet<string> BareYeses = WordsOf(words => [words.Yes[0]]);

    /// <summary>Compares the whole message with the keywords, or takes the keyword that Twilio recognised and answered itself (<c>OptOutType</c>).</summary>
    public static Keyword Read(string body, string? optOutType, bool isWhatsApp)
    {
        var text = optOutType ?? body;
        if (text.Length > MaxLength)
            return Keyword.None;
        var all = PlainWords.Of(text);
        var words = Politeness.Strip(all);
        if (words.Distinct().Count() == 1)
            words = words[..1];
        return string.Join(' ', words) switch
        {
            // "Cancel, thanks" answers a question of ours on SMS too.
            var said when Stops.Contains(said) || (!isWhatsApp && all is [var only] && CarrierStops.Contains(only)) => Keyword.Stop,
            var said when Starts.Contains(said) => Keyword.Start,
            var said when Helps.Contains(said) => Keyword.Help,
            _ => Keyword.None,
        };
    }

    /// <returns>Whether the message is a yes or a no; null when it is more or else.</returns>
    public static bool? Answer(string body)
    {
        if (body.Length > MaxLength)
            return null;
        var words = PlainWords.Of(body);
        string[] said = [string.Join(' ', words), string.Join(' ', Politeness.Strip(words))];
        return said.Any(Yeses.Contains) ? true : said.Any(Noes.Contains) ? false : null;
    }

    /// <summary>Whether it is the word yes itself, which joins again after STOP, as it does at Twilio. Other words that agree, such as "ok", also answer our confirmation of STOP.</summary>
    public static bool JoinsAgain(string body) => body.Length <= MaxLength && BareYeses.Contains(string.Join(' ', Politeness.Strip(PlainWords.Of(body))));

    /// <summary>Whether the reason code is that of a keyword.</summary>
    public static bool IsReason(string reason) => reason.StartsWith("keyword_", StringComparison.Ordinal);

    /// <summary>Whether Twilio answers the keyword on this channel, so that we must not.</summary>
    /// <param name="isRecognised">Twilio said that it is one (<c>OptOutType</c>).</param>
    public static bool IsAnsweredByTwilio(string reason, string body, string fromAddress, bool isRecognised) =>
        IsReason(reason) && !Address.IsWhatsApp(fromAddress) && (isRecognised || AnsweredByTwilio.Contains(body.Trim()));

    /// <summary>The reason code of a keyword's job.</summary>
    public static string? Reason(this Keyword keyword) => keyword switch
    {
        Keyword.Stop => "keyword_stop",
        Keyword.Start => "keyword_start",
        Keyword.Help => "keyword_help",
        _ => null,
    };

    private static HashSet<string> WordsOf(Func<CommandWords, IReadOnlyList<string>> words) =>
        [.. Phrases.Languages.SelectMany(language => words(Phrases.Of(language).Commands)).Select(text => string.Join(' ', PlainWords.Of(text)))];
}
