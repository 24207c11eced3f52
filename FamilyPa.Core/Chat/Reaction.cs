using System.Text;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Chat;

/// <summary>A reaction to a message. WhatsApp marks it as such; phones that react by SMS write a sentence around the text that they react to.</summary>
/// <param name="Completes">It is 👍 or a tick, which say that the one task of the message is done. Other reactions, also a heart, mean nothing.</param>
/// <param name="Quoted">The text that it reacts to; null where the channel identifies the message.</param>
public sealed partial record Reaction(bool Completes, string? Quoted)
{
    private const string Ticks = "✅✔☑✓";

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

    /// <summary>Whether a tick begins or ends the text: "✅", "✓✓", "✅ 2".</summary>
    public static bool IsTicked(string text) => text.Trim().TrimEnd('\uFE0F') is [var first, ..] and [.., var last] && (Ticks.Contains(first) || Ticks.Contains(last));

    /// <summary>Whether a text is nothing but 👍, in whatever skin.</summary>
    public static bool IsThumb(string text)
    {
        var signs = text.EnumerateRunes().Where(rune => rune.Value is not (0xFE0F or (>= 0x1F3FB and <= 0x1F3FF)) && !IsBlank(rune)).ToList();
        return signs.Count > 0 && signs.TrueForAll(sign => sign.Value == 0x1F44D);
    }

    /// <summary>Whether a text that was sent is the one that is quoted, of which phones may leave out the end.</summary>
    public bool Quotes(string sent) => Quoted is not null && Letters(Quoted) is { Length: > 0 } quoted && Letters(sent).StartsWith(quoted, StringComparison.Ordinal);

    private static bool IsDone(string sign) => IsThumb(sign) || IsTicked(sign);

    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is 0x200B;

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    // As Apple's and Google's phones write them: Liked “…”, Removed a heart from “…”, Reacted 😂 to “…”, 👍 to “…”, “…” ifadesini beğendi.
    [GeneratedRegex("""
        \A [\s\u200A\u200B]*
        (?: (?: (?<like> Liked | Gefällt | Le\ gustó | Le\ ha\ gustado | A\ aimé | J[’']aime | Ha\ messo\ Mi\ piace\ a | (?:Mi\ )?Piace | Gostou\ de | Curtiu | Leuk\ gevonden:? )
              | Loved | Disliked | Laughed\ at | Emphasi[sz]ed | Questioned
              | Liebt | Missfällt | Gefällt\ nicht | Lacht\ über | Betont | Hinterfragt
              | Le\ encantó | No\ le\ gustó | Le\ dio\ risa | Se\ rio\ de | Exclamó\ por | Enfatizó | Dudó\ (?:sobre|de) | Cuestionó
              | A\ adoré | N[’']a\ pas\ aimé | A\ ri\ de | A\ insisté\ sur | S[’']est\ interrogée?\ sur
              | Amou | Adorou | Não\ gostou\ de | Riu(?:-se)?\ de | Enfatizou | Destacou | Questionou
              | Ha\ adorato | Adora | Piace\ moltissimo | Non\ (?:mi\ )?piace | Ha\ riso\ (?:di|a|per) | Ride\ (?:di|a|per) | Ha\ (?:enfatizzato|evidenziato|messo\ in\ dubbio)
              | Geweldig\ gevonden:? | Niet\ leuk\ gevonden:? | Gelachen\ om:? | Lachte\ om | Benadrukte? | Vragen\ bij | Twijfelde\ aan
              | (?:Removed | Entfernte | Quitó | Eliminó | A\ retiré | A\ supprimé | Removeu | Retirou | Ha\ rimosso | Verwijderde) \s .{1,40}? \s (?:from | von | de | a | da | di | van | bij)
              | (?:Reacted | Reagierte\ mit | Reaccionó\ con | A\ réagi(?:\ avec)? | Reagiu\ com | Ha\ reagito\ con | Reageerde\ met) \s
                (?:(?:with\ )?a\ sticker | (?<emoji>[^\p{L}\p{N}\s]{1,16})) \s (?:to|auf|a|à|op)
              | (?<emoji>[^\p{L}\p{N}\s]{1,16}) [\s\u200A\u200B]+ (?:to | removed\ from) )
            [\s\u00A0\u200A\u200B]* ["“„«‟] (?<quoted>.*?) ["”“»…]
          # Words around it, or behind it.
          | (?: (?:Vond|Vindt|Heeft|Hat) \s )? ["“„«‟] (?<quoted>.*?) ["”“»…] \s
            (?: (?<like>leuk(?:\ gevonden)?) | niet\ leuk | geweldig | benadrukt | mit\ „(?<like>Gefällt\ mir)“\ markiert
              | (?:ifadesini|iletisini|mesajını) \s (?: (?<like>beğendi) | çok\ sevdi | sevdi | beğenmedi | vurguladı | sorguladı ) | (?:ifadesine|iletisine|mesajına)\ güldü
              | (?:ifadesine|iletisine|mesajına) \s (?<emoji>[^\p{L}\p{N}\s]{1,16}) \s (?:ifadesini\ bıraktı|ile\ tepki\ verdi|tepkisi\ verdi) ) )
        [\s\u200A\u200B]* \z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Sentence();

    /// <summary>The same with a word for an attachment, which no message of ours has.</summary>
    [GeneratedRegex("""
        \A \s*
        (?: (?: Liked | Loved | Disliked | Laughed\ at | Emphasi[sz]ed | Questioned | Gefällt(?:\ nicht)? | Liebt | Missfällt | Lacht\ über | Betont | Hinterfragt
              | (?:No\ )?Le\ gustó | Le\ (?:ha\ gustado | encantó | dio\ risa) | Se\ rio\ de | Exclamó\ por | Dudó\ sobre
              | A\ (?:aimé | adoré | ri\ de | insisté\ sur) | N[’']a\ pas\ aimé | S[’']est\ interrogée?\ sur
              | (?:Não\ )?Gostou\ de | Curtiu | Amou | Adorou | Riu(?:-se)?\ de | Enfatizou | Questionou
              | Ha\ messo\ Mi\ piace\ a | (?:Non\ )?Piace | Adora | Ha\ (?:adorato | riso\ (?:di|per) | enfatizzato)
              | Vond | Vindt | (?:Niet\ )?Leuk\ gevonden:? | Geweldig\ gevonden:? | Benadrukte | Lachte\ om
              | (?:Removed | Entfernte | Quitó | A\ retiré | Removeu | Ha\ rimosso | Verwijderde) \s .{1,40}? \s (?:from | von | de | a | da | van) | Reacted\ \S{1,16}\ to )
            \s (?: an? | ein(?:e[nm]?)? | una? | une | uma? | een ) [\s]
            (?: image | photo | picture | movie | video | vidéo | vídeo | attachment | GIF | audio\ message | sticker | link | contact | location
              | bild | foto | film | anhang | sprachnachricht | imagen | imagem | immagine | afbeelding | pièce\ jointe | archivo | anexo | allegato | bijlage
              | mensaje\ de\ audio | message\ audio | mensagem\ de\ áudio | messaggio\ audio | audiobericht | película | filme | filmato )
            (?: \s (?: (?:niet\ )?leuk | geweldig ) )?
          | (?: Ha\ messo\ Mi\ piace\ a | Piace | Adora | Ha\ adorato ) \s un[’']immagine
          | bir\ (?:resmi | görüntüyü | fotoğrafı | videoyu | filmi | eki | ses\ mesajını) \s (?: beğendi | çok\ sevdi | sevdi | beğenmedi | vurguladı | sorguladı ) )
        \s* \z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Attachment();
}
