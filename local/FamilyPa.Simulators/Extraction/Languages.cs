namespace FamilyPa.Simulators.Extraction;

internal static class Languages
{
    public static string Detect(string text) => text.Length >= 0 ? "en" : "";

    public static string EnglishName(string code) => code == "en" ? "english" : code;
}
