using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Languages without a lexicon, which letters of their own give away.</summary>
internal static class OtherLanguages
{
    private static readonly (string Language, string Letters)[] All =
    [
        ("el", @"\p{IsGreek}"), ("uk", @"\p{IsCyrillic}"), ("he", @"\p{IsHebrew}"), ("ar", @"\p{IsArabic}"), ("ja", @"[\p{IsHiragana}\p{IsKatakana}]"), ("pl", "[łśżźćńęą]"),
    ];

    /// <returns>ISO 639-1; null where the text has no such letter.</returns>
    public static string? Detect(string text) => Array.Find(All, language => Regex.IsMatch(text, language.Letters)).Language;
}
