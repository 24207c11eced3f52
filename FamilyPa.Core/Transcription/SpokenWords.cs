using System.Text.RegularExpressions;

namespace FamilyPa.Core.Transcription;

/// <summary>Tells what somebody said from what a model writes down where nobody speaks.</summary>
internal static partial class SpokenWords
{
    /// <summary>What models that must answer something are known to write for silence: the last words of the films that they were trained with.</summary>
    private static readonly HashSet<string> Phantoms = new(
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
            "izlediğiniziçinteşekkürler", "izlediğiniziçinteşekkürederim", "abonolmayıunutmayın", "altyazımk", "спасибозапросмотр", "시청해주셔서감사합니다", "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        ],
        StringComparer.Ordinal);

    /// <summary>Empty for marks such as <c>[music]</c> and for what holds neither letter nor digit.</summary>
    public static string Of(string text) => NoWords().Replace(text, "").Any(char.IsLetterOrDigit) ? text : "";

    /// <summary>Whether a model has probably invented the words for silence: all of them, or each sentence, are of the known ones.</summary>
    public static bool AreInvented(string text) =>
        Phantoms.Contains(Letters(text)) || Sentences().Split(text).Select(Letters).Where(said => said.Length > 0).All(Phantoms.Contains);

    /// <param name="prompt">What a model was given to spell names by, which it may give back for silence.</param>
    public static bool AreThePrompt(string text, string prompt) => Letters(text) == Letters(prompt);

    private static string Letters(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));

    [GeneratedRegex(@"[.!?。！？…\n]+")]
    private static partial Regex Sentences();

    [GeneratedRegex(@"\[[^\]]*\]|\([^)]*\)|<[^>]*>")]
    private static partial Regex NoWords();
}
