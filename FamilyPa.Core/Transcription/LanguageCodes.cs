using System.Globalization;

namespace FamilyPa.Core.Transcription;

/// <summary>The transcription service names languages in English ("german"); everything else of ours goes by their codes.</summary>
internal static class LanguageCodes
{
    private static readonly Lazy<Dictionary<string, string>> ByName = new(() => CultureInfo.GetCultures(CultureTypes.NeutralCultures)
        .Where(culture => culture.TwoLetterISOLanguageName.Length == 2)
        .GroupBy(culture => culture.EnglishName, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.First().TwoLetterISOLanguageName, StringComparer.OrdinalIgnoreCase));

    public static string? Of(string? name) =>
        string.IsNullOrWhiteSpace(name) ? null : ByName.Value.GetValueOrDefault(name.Trim(), name.Trim());
}
