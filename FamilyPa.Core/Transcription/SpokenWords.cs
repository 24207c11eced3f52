using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Transcription;

/// <summary>Distinguishes speech from the words that a model invents for silence.</summary>
internal static partial class SpokenWords
{
    /// <summary>What models that must answer something are known to write for silence: the last words of the films that they were trained with.</summary>
    private static readonly HashSet<string> Phantoms = ((string[])
        [
            "thanksforwatching", "thankyouforwatching", "thankyousomuchforwatching", "pleasesubscribe", "subtitlesbytheamaraorgcommunity",
            "untertiteldeamaraorgcommunity", "untertitelderamaraorgcommunity", "untertitelungdeszdf2020", "vielendankfürszuschauen",
            "soustitresréalisésparalacommunautédamaraorg", "soustitresréalisésparlacommunautédamaraorg", "mercidavoirregardécettevidéo",
            "subtítulosrealizadosporlacomunidaddeamaraorg", "graciasporverelvideo", "ご視聴ありがとうございました", "продолжениеследует",
            "thankyouverymuchforwatching", "thankyouallforwatching", "thanksforwatchingguys", "thankyouforwatchingthisvideo", "thanksforwatchingthisvideo",
            "thankyouforlistening", "thanksforlistening", "thankyouforyourattention", "seeyouinthenextvideo", "seeyounexttime", "illseeyouinthenextvideo",
            "illseeyouinthenextone", "dontforgettosubscribe", "pleaselikeandsubscribe", "likeandsubscribe", "pleasesubscribetomychannel",
            "pleasesubscribetothechannel", "subscribetomychannel", "dontforgettolikeandsubscribe", "subtitlesbyamaraorg", "subtitlesbysteamteamextra",
            "transcribedbyhttpsotterai", "transcriptionbycastingwords", "you",
            "vielendankfürszusehen", "dankefürszuschauen", "dankefürszusehen", "vielendankfürihreaufmerksamkeit", "bitteabonnieren", "biszumnächstenmal",
            "untertitelimauftragdeszdfürfunk2017", "untertitelungimauftragdeszdf2021", "untertitelungdeszdf2021", "swr2021", "copyrightwdr2021",
            "mercidavoirregardé", "mercidavoirregardécettevideo", "mercidavoirregardélavidéo", "mercidavoirécouté", "abonnezvous", "noubliezpasdevousabonner",
            "soustitragestvsaradiocanada", "soustitragefr",
            "graciasporver", "graciasporvernuestrovideo", "graciasporvernuestrosvideos", "muchasgraciasporver", "muchasgraciasporverelvideo", "suscríbete",
            "suscríbetealcanal", "nosvemosenelpróximovideo",
            "obrigadoporassistir", "obrigadoporassistirem", "muitoobrigadoporassistir", "legendasporsôniaruberti", "legendaadrianazanyatta",
            "grazieperlavisione", "grazieperaverguardatoilvideo", "sottotitolicreatidallacomunitàamaraorg", "sottotitoliacuradiqtss",
            "bedanktvoorhetkijken", "ondertitelddoordeamaraorgcommunity", "ondertitelingingediendmetamaraorg", "tvgelderland2021",
            "thankyou", "thanks", "thankyousomuch", "thankyouverymuch", "bye", "byebye", "byebyeeverybody", "goodbye", "illseeyounexttime", "wellseeyouinthenextvideo",
            "seeyouinthenextone", "seeyousoon", "untilnexttime", "thanksforyoursupport",
            "danke", "vielendank", "dankeschön", "tschüss", "tschüs", "bisbald", "biszumnächstenvideo", "wirsehenunsimnächstenvideo",
            "merci", "aurevoir", "àbientôt", "àlaprochaine", "mercidavoirregardécettevidéoàbientôt", "gracias", "muchasgracias", "adiós", "hastalapróxima", "nosvemosenelsiguientevideo",
            "obrigado", "obrigada", "muitoobrigado", "tchau", "atéapróxima", "atéopróximovídeo", "inscrevasenocanal", "nãoesqueçadeseinscrever",
            "grazie", "graziemille", "ciao", "arrivederci", "allaprossima", "alprossimovideo", "iscrivetevialcanale",
            "dankje", "dankjewel", "bedankt", "totdevolgendekeer", "totziens", "teşekkürler", "teşekkürederim", "hoşçakalın", "birsonrakivideodagörüşürüz", "görüşmeküzere",
            "izlediğiniziçinteşekkürler", "izlediğiniziçinteşekkürederim", "aboneolmayıunutmayın", "altyazımk", "спасибозапросмотр", "시청해주셔서감사합니다", "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        ]).Select(Letters).ToHashSet(StringComparer.Ordinal);

    /// <summary>Empty for marks such as <c>[music]</c> and for what holds neither letter nor digit.</summary>
    public static string Of(string text) => NoWords().Replace(text, "").Any(char.IsLetterOrDigit) ? text : "";

    /// <summary>Whether a model has probably invented the words for silence: all of them, or each part of a sentence, are of the known ones.</summary>
    public static bool AreInvented(string text) =>
        Phantoms.Contains(Letters(text)) || Parts().Split(text).Select(Letters).Where(said => said.Length > 0).All(said => Phantoms.Contains(said) || Credits().IsMatch(said));

    /// <param name="prompt">What a model was given to spell names by, which it may give back for silence.</param>
    public static bool AreThePrompt(string text, string prompt) => Letters(text) == Letters(prompt);

    /// <summary>Without case and accents, and with one i for the Turkish ones, which lower case does not bring together.</summary>
    private static string Letters(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormKD).Where(char.IsLetterOrDigit)).ToLower(CultureInfo.InvariantCulture).Replace('ı', 'i');

    /// <summary>A stop within a word, as in a web address, does not end a part.</summary>
    [GeneratedRegex(@"[.!?,;:](?:\s+|\z)|[。！？，、…\n]+|\s[-–—]\s")]
    private static partial Regex Parts();

    /// <summary>Who made the subtitles, as Letters makes it.</summary>
    [GeneratedRegex(@"\A(?:subtitle|subtitulo|untertitel|soustitr|legenda|sottotitol|ondertitel|altyazi|napisy).*(?:amaraorg|comunidade|communaute|comunidad|community|comunita|zdf|steamteamextra)")]
    private static partial Regex Credits();

    [GeneratedRegex(@"\[[^\]]*\]|\([^)]*\)|<[^>]*>")]
    private static partial Regex NoWords();
}
