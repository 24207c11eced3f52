using System.Text;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Chat;

/// <summary>A reaction to a message. WhatsApp marks it as such; phones that react by SMS write a sentence around the text that they react to.</summary>
/// <param name="Completes">It is 👍 or ✅, which say that the one task of the message is done. Other reactions, also a heart, mean nothing.</param>
/// <param name="Quoted">The text that it reacts to; null where the channel identifies the message.</param>
public sealed partial record Reaction(bool Completes, string? Quoted)
{
    /// <summary>The classification, and the reason code of its job.</summary>
    public const string Reason = "reaction";

    /// <param name="messageType">Twilio's <c>MessageType</c>, on WhatsApp only.</param>
    /// <returns>Null for a message that is none.</returns>
    public static Reaction? Read(string body, string? messageType, bool isSms)
    {
        if (messageType == "reaction")
            return new Reaction(IsDone(body), null);
        if (!isSms)
            return null;
        if (Sentence().Match(body) is { Success: true } said)
            return new Reaction(said.Groups["like"].Success || IsDone(said.Groups["emoji"].Value), said.Groups["quoted"].Value);
        return Attachment().IsMatch(body) ? new Reaction(false, "") : null;
    }

    /// <summary>Whether a text is nothing but a sign that something is done, in whatever skin.</summary>
    public static bool IsDone(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.Value is not (0xFE0F or (>= 0x1F3FB and <= 0x1F3FF)) && !IsBlank(rune))) is "👍" or "✅" or "✔" or "☑";

    /// <summary>Whether a text that was sent is the one that is quoted, of which phones may leave out the end.</summary>
    public bool Quotes(string sent) => Quoted is not null && Letters(Quoted) is { Length: > 0 } quoted && Letters(sent).StartsWith(quoted, StringComparison.Ordinal);

    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is 0x200B;

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    // As Apple's and Google's phones write them: Liked “…”, Removed a heart from “…”, Reacted 😂 to “…”, 👍 to “…”.
    [GeneratedRegex("""
        \A [\s\u200A\u200B]*
        (?: (?<like> Liked | Gefällt | Le\ gustó | Le\ ha\ gustado | A\ aimé | J[’']aime | Ha\ messo\ Mi\ piace\ a | Gostou\ de )
          | Loved | Disliked | Laughed\ at | Emphasi[sz]ed | Questioned
          | Liebt | Missfällt | Lacht\ über | Betont | Hinterfragt
          | Le\ encantó | No\ le\ gustó | Le\ dio\ risa | Exclamó\ por | Dudó\ sobre
          | A\ adoré | N[’']a\ pas\ aimé | A\ ri\ de | A\ insisté\ sur | S[’']est\ interrogée?\ sur
          | Removed\ (?:an?\ )? .{1,30}? \ from
          | (?:Reacted | Reagierte\ mit | Reaccionó\ con | A\ réagi(?:\ avec)?) \s (?:(?:with\ )?a\ sticker | (?<emoji>[^\p{L}\p{N}\s]{1,16})) \s (?:to|auf|a|à)
          | (?<emoji>[^\p{L}\p{N}\s]{1,16}) [\s\u200A\u200B]+ (?:to | removed\ from) )
        [\s\u00A0\u200A\u200B]* ["“„«‟] (?<quoted>.*?) ["”“»…][\s\u200A\u200B]* \z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\A(?:(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned)|Removed an? [\w ]{1,30} from|Reacted \S{1,16} to) (?:an? (?:image|photo|picture|movie|video|attachment|GIF|audio message|sticker|link|contact|location))\s*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Attachment();
}
