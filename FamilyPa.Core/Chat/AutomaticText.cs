using System.Text.RegularExpressions;
using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Chat;

/// <summary>Recognises what a phone answers by itself. What a person passes on of a machine's text is that person's message.</summary>
public static partial class AutomaticText
{
    /// <summary>The classification, and the reason code of its job.</summary>
    public const string Reason = "automatic";

    /// <summary>Of the first text that one sender has sent too often: it gets no answer but that.</summary>
    public const string Repeating = "repeating";

    /// <summary>Of the others, or of another automatic one: it gets no answer.</summary>
    public const string Repeated = "repeated";

    public static bool Is(string body) => Opening().IsMatch(PlainWords.Fold(body));

    /// <summary>How such a note begins, without accents and apostrophes. A person who tells of being away does not begin so.</summary>
    [GeneratedRegex("""
        \A\W*(?:
        # A heading.
        (?: automatic\ (?:reply|response) | auto[\s-]?(?:reply|response|responder) | automatische\ (?:antwort|nachricht) | abwesenheits(?:notiz|nachricht|meldung|assistent)
          | respuesta\ automatica | mensaje\ automatico | (?:reponse|message)\ automatique | (?:message\ d)?absence\ du\ bureau
          | (?:resposta|mensagem)\ automatica | risposta\ automatica | messaggio\ automatico
          | automatisch\ (?:antwoord|bericht) | automatische\ reactie | afwezigheids(?:bericht|melding) | otomatik\ (?:yanit|cevap|mesaj)
          | out\ of\ (?:the\ )?office(?:\ (?:auto[\s-]?)?(?:reply|notice|message))? | fuera\ de\ la\ oficina | fora\ do\ escritorio | fuori\ (?:sede|ufficio) | niet\ op\ kantoor
          | ofis\ disi(?:nda(?:yim)?)? )
          \s*(?: [:.!–—-] | [\r\n] | \z )
        # A sentence about itself.
        | this\ is\ an?\ auto(?:mated|matic)\ (?:message|reply|response) | (?:dies|das)\ ist\ eine\ automatisch(?:e|\ (?:erstellte|generierte))\ (?:antwort|nachricht|mitteilung)
        | (?:este\ es\ un\ mensaje\ automatico|esta\ es\ una\ respuesta\ automatica) | ceci\ est\ (?:un\ message|une\ reponse)\ automatique
        | est[ae]\ e\ uma\ (?:mensagem|resposta)\ automatica | (?:questo\ e\ un\ messaggio\ automatico|questa\ e\ una\ risposta\ automatica)
        | dit\ is\ een\ (?:automatisch|automatische|geautomatiseerd)\ (?:bericht|antwoord|reactie) | bu(?:\ bir)?\ otomatik(?:\ bir)?\ (?:mesaj|yanit|cevap)
        # Thanks, and an absence.
        | thank\ you\ for\ your\ (?:message|e?-?mail)\W+i(?:\ a)?m\ (?:currently\ )?(?:out|away|on\ (?:vacation|leave|holiday))
        | (?:vielen\ dank|danke)\ fur\ (?:ihre|deine)\ (?:nachricht|e?-?mail)\W.{0,40}\b(?:nicht\ im\ buro|abwesend|im\ urlaub)\b
        | gracias\ por\ (?:su|tu)\ (?:mensaje|correo)\W.{0,40}\b(?:fuera\ de\ la\ oficina|ausente|de\ vacaciones)\b
        | merci\ (?:de|pour)\ (?:votre|ton)\ (?:message|courriel|e?-?mail)\W.{0,40}\b(?:absente?|en\ (?:conges?|vacances))\b
        | obrigad[oa]\ (?:pela|por)\ (?:sua\ |tua\ )?mensagem\W.{0,40}\b(?:ausente|fora\ do\ escritorio|de\ ferias)\b
        | grazie\ per\ il\ (?:tuo|suo)\ messaggio\W.{0,40}\b(?:assente|fuori\ (?:sede|ufficio)|in\ ferie)\b
        | bedankt\ voor\ (?:je|uw)\ bericht\W.{0,40}\b(?:afwezig|niet\ op\ kantoor|(?:op|met)\ vakantie)\b
        | mesaj(?:iniz|in)\ icin\ tesekkur\w*\W.{0,60}\b(?:ofis\ disinda|izinde|tatilde)
        # An absence that promises an answer.
        | i(?:\ a)?m\ (?:currently\ )?out\ of\ (?:the\ )?office\b.{0,80}\b(?:will|ill|cant|cannot)\ (?:see\ your|reply|respond|answer|get\ back)\b
        | i(?:\ a)?m\ (?:currently\ )?driving(?:\ with\ [a-z ]{1,25}\ (?:on|enabled)|\ (?:right\ )?now|\ at\ the\ moment)?\s*(?:[.,!:;–—-]|and\b)
          .{0,80}\b(?:will|ill|cant|cannot)\ (?:see\ your|reply|respond|answer|get\ back|call|text)\b
        | i(?:\ a)?m\ not\ receiving\ notifications\b
        | (?:ich\ fahre\ gerade|estoy\ conduciendo|je\ conduis|sto\ guidando|estou\ (?:dirigindo|conduzindo)|ik\ (?:rijd|ben\ aan\ het\ rijden)|su\ an\ araba\ kullaniyorum)\b
          .{0,80}\b(?:melde\ mich|antworte|respondere|contestare|repondrai|rispondo|rispondero|respondo|responderei|reageer|antwoord|yanit|cevap|donecegim) )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Opening();
}
