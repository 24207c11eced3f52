using System.Globalization;

namespace FamilyPa.Core.Transcription;

/// <summary>Languages by the codes that transcription models take as a hint; they refuse others.</summary>
internal static class LanguageCodes
{
    private static readonly HashSet<string> Known =
    [
        "af", "ar", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gl", "he", "hi", "hr", "hu", "hy", "id", "is",
        "it", "ja", "kk", "kn", "ko", "lt", "lv", "mi", "mk", "mr", "ms", "ne", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "ta", "th", "tl",
        "tr", "uk", "ur", "vi", "zh",
    ];

    /// <param name="locale">BCP 47, as a family has it.</param>
    /// <returns>ISO 639-1; null where the models would not know it.</returns>
    public static string? Of(string locale)
    {
        var language = locale.Split('-', '_')[0].ToLower(CultureInfo.InvariantCulture) switch { "nb" or "nn" => "no", "fil" => "tl", var code => code };
        return Known.Contains(language) ? language : null;
    }
}
