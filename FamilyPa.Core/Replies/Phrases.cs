using System.Globalization;

namespace FamilyPa.Core.Replies;

/// <summary>What we say, in one language. <c>{0}</c> is a number or a name as the property says.</summary>
public sealed record Phrases(
    string Language,
    string AddedOne,
    string AddedMany,
    string NothingToDo,
    string NotSure,
    string Today,
    string Tomorrow,
    string For,
    string EmptyMessage,
    string UnsupportedMedia,
    string AttachmentIgnored,
    string Failed,
    string Help,
    string Stopped,
    string Started)
{
    /// <summary>For a sender of whom nothing is known, the language included.</summary>
    public const string UnknownSender =
        "Hello! This number looks after families' tasks, and yours is not on any family's list yet. Please ask someone in your family to add it.";

    private static readonly Phrases English = new(
        "en", "Added 1 task:", "Added {0} tasks:", "I found nothing to do in that, so I added nothing.", "I'm not sure about this one. {0}",
        "today", "tomorrow", "for {0}",
        "Your message was empty. Tell me what needs doing, for example: buy milk tomorrow.",
        "I can't read attachments yet. Please write it as text.", "(I can't read the attachment, only the text.)",
        "Sorry, I could not work on your message. The people who run me have been told; please try again later.",
        "Tell me what needs doing, for example: buy milk tomorrow and call grandma on Friday at 5pm. I put it on your family's board. Send STOP for no more messages from me.",
        "You will get no more messages from me. Send START if you want them again.",
        "Welcome back. You will get messages from me again.");

    private static readonly Dictionary<string, Phrases> All = new[]
    {
        English,
        new Phrases(
            "de", "1 Aufgabe eingetragen:", "{0} Aufgaben eingetragen:", "Darin habe ich nichts zu tun gefunden und nichts eingetragen.", "Da bin ich mir nicht sicher. {0}",
            "heute", "morgen", "für {0}",
            "Deine Nachricht war leer. Schreib mir, was zu tun ist, zum Beispiel: morgen Milch kaufen.",
            "Anhänge kann ich noch nicht lesen. Bitte schreib es als Text.", "(Den Anhang kann ich nicht lesen, nur den Text.)",
            "Entschuldige, deine Nachricht konnte ich nicht bearbeiten. Meine Betreiber wissen Bescheid; bitte versuch es später noch einmal.",
            "Schreib mir, was zu tun ist, zum Beispiel: morgen Milch kaufen und Freitag um 17 Uhr Oma anrufen. Ich trage es bei eurer Familie ein. Mit STOP bekommst du keine Nachrichten mehr von mir.",
            "Du bekommst keine Nachrichten mehr von mir. Mit START bekommst du sie wieder.",
            "Willkommen zurück. Du bekommst wieder Nachrichten von mir."),
        new Phrases(
            "fr", "1 tâche ajoutée :", "{0} tâches ajoutées :", "Je n'y ai rien trouvé à faire et n'ai rien ajouté.", "Je ne suis pas sûr. {0}",
            "aujourd'hui", "demain", "pour {0}",
            "Votre message était vide. Dites-moi ce qu'il faut faire, par exemple : acheter du lait demain.",
            "Je ne peux pas encore lire les pièces jointes. Merci de l'écrire.", "(Je ne peux pas lire la pièce jointe, seulement le texte.)",
            "Désolé, je n'ai pas pu traiter votre message. Mes responsables sont prévenus ; réessayez plus tard.",
            "Dites-moi ce qu'il faut faire, par exemple : acheter du lait demain et appeler mamie vendredi à 17 h. Je l'inscris au tableau de la famille. Envoyez STOP pour ne plus recevoir de messages.",
            "Vous ne recevrez plus de messages de ma part. Envoyez START pour en recevoir à nouveau.",
            "Bon retour. Vous recevrez de nouveau mes messages."),
        new Phrases(
            "es", "1 tarea añadida:", "{0} tareas añadidas:", "No encontré nada que hacer y no añadí nada.", "No estoy seguro de esto. {0}",
            "hoy", "mañana", "para {0}",
            "Tu mensaje estaba vacío. Dime qué hay que hacer, por ejemplo: comprar leche mañana.",
            "Todavía no puedo leer adjuntos. Escríbelo como texto, por favor.", "(No puedo leer el adjunto, solo el texto.)",
            "Lo siento, no pude procesar tu mensaje. Mis responsables están avisados; inténtalo más tarde.",
            "Dime qué hay que hacer, por ejemplo: comprar leche mañana y llamar a la abuela el viernes a las 17. Lo pongo en el tablero de la familia. Envía STOP para no recibir más mensajes.",
            "No recibirás más mensajes míos. Envía START si los quieres de nuevo.",
            "Bienvenido de nuevo. Volverás a recibir mis mensajes."),
    }.ToDictionary(phrases => phrases.Language);

    /// <summary>The phrases of a language tag's language; English when we have none.</summary>
    public static Phrases Of(string? tag) => All.GetValueOrDefault(LanguageOf(tag), English);

    /// <summary>Whether we can answer in that language.</summary>
    public static bool Speaks(string? tag) => All.ContainsKey(LanguageOf(tag));

    /// <summary>How to write dates: as the family does if it speaks the language that is answered in, else as that language does.</summary>
    public static CultureInfo CultureOf(string? language, string locale)
    {
        var tag = !Speaks(language) || LanguageOf(language) == LanguageOf(locale) ? locale : language!;
        try
        {
            return CultureInfo.GetCultureInfo(Speaks(tag) ? tag : English.Language);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    private static string LanguageOf(string? tag) => (tag ?? "").Split('-', '_')[0].ToLowerInvariant();
}
