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
        ],
        StringComparer.Ordinal);

    /// <summary>Empty for marks such as <c>[music]</c> and for what holds neither letter nor digit.</summary>
    public static string Of(string text) => NoWords().Replace(text, "").Any(char.IsLetterOrDigit) ? text : "";

    /// <summary>Whether a model that may invent words for silence has probably done so.</summary>
    /// <param name="prompt">What it was given to spell names by, which it may give back.</param>
    public static bool AreInvented(string text, string prompt) => Letters(text) is var said && (said == Letters(prompt) || Phantoms.Contains(said));

    private static string Letters(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));

    [GeneratedRegex(@"\[[^\]]*\]|\([^)]*\)|<[^>]*>")]
    private static partial Regex NoWords();
}
