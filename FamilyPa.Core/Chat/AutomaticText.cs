using System.Text.RegularExpressions;

namespace FamilyPa.Core.Chat;

/// <summary>Recognises what machines answer by themselves: out-of-office notes and messages that want no answer.</summary>
public static partial class AutomaticText
{
    /// <summary>The classification, and the reason code of its job.</summary>
    public const string Reason = "automatic";

    /// <summary>Of a text that one sender has sent too often, or of another automatic one: it gets no answer.</summary>
    public const string Repeated = "repeated";

    public static bool Is(string body) => Opening().IsMatch(body) || NoReply().IsMatch(body);

    /// <summary>How such a note begins. A person who tells of being away does not begin so.</summary>
    [GeneratedRegex("""
        \A\W*(?: automatic\ (?:reply|response) | auto[\s-]?(?:reply|response|responder) | out\ of\ (?:the\ )?office\ ?(?::|-|–|reply|notice|message|auto)
        | this\ is\ an?\ auto(?:mated|matic)\ (?:message|reply|response) | thank\ you\ for\ your\ (?:message|e?-?mail)\W+i(?:\ a|[’'])m\ (?:currently\ )?(?:out|away|on\ (?:vacation|leave|holiday))
        | i(?:\ a|[’'])m\ (?:currently\ )?(?:out\ of\ (?:the\ )?office|driving)\b.{0,80}\b(?:will|i[’']ll)\b
        | automatische\ (?:antwort|nachricht) | abwesenheits(?:notiz|nachricht|meldung|assistent) | (?:dies|das)\ ist\ eine\ automatische
        | (?:vielen\ dank|danke)\ für\ (?:ihre|deine)\ (?:nachricht|e?-?mail)\W.{0,40}\b(?:nicht\ im\ büro|abwesend|im\ urlaub)\b
        | respuesta\ automática | mensaje\ automático | fuera\ de\ la\ oficina\ ?(?::|-|–) | este\ es\ un\ mensaje\ automático
        | réponse\ automatique | message\ automatique | (?:message\ d[’'])?absence\ du\ bureau | ceci\ est\ un\ message\ automatique )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Opening();

    [GeneratedRegex("""
        \b(?: (?:please\ )?do\ not\ reply\ to\ this\ (?:message|text|number|sms|e?-?mail) | this\ (?:number|mailbox)\ (?:is\ not|does\ not\ accept)\ (?:monitored|replies)
        | bitte\ antworten\ sie\ nicht\ auf\ diese\ (?:nachricht|sms|e?-?mail) | (?:por\ favor,?\ )?no\ (?:responda|respondas|conteste)\ a\ este\ (?:mensaje|sms|correo)
        | (?:merci\ de\ )?ne\ (?:pas\ )?(?:répondre|répondez)\ (?:pas\ )?à\ ce\ (?:message|sms|courriel|mail) )\b
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoReply();
}
