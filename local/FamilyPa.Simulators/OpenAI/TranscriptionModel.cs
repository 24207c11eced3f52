using System.Globalization;
using System.Text.RegularExpressions;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A transcription model's parameters and answers.</summary>
/// <param name="FirstApiVersion">Earlier ones do not know it.</param>
/// <param name="Formats">Of its answers.</param>
/// <param name="Hallucinates">Answers silence with something.</param>
internal sealed partial record TranscriptionModel(
    string FirstApiVersion, double LongestSeconds, IReadOnlyList<string> Formats, bool TellsLanguage, bool IsChargedByLength, bool Hallucinates)
{
    private static readonly string[] Extensions = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];

    private static readonly TranscriptionModel GptTranscribe = new("2025-03-01-preview", 1800, ["json", "text"], true, true, false);
    private static readonly TranscriptionModel Gpt4oTranscribe = new("2025-03-01-preview", 1400, ["json"], false, false, true);

    public static TranscriptionModel Of(string name) => name.StartsWith("gpt-4o", StringComparison.Ordinal) ? Gpt4oTranscribe : GptTranscribe;

    public bool IsTooOld(string apiVersion) => string.CompareOrdinal(apiVersion, FirstApiVersion) < 0;

    /// <returns>The request, or what is wrong with it.</returns>
    public (TranscriptionRequest? Request, Answer? Refusal) Read(string deployment, IFormCollection form, byte[] audio)
    {
        var format = form["response_format"] is [{ Length: > 0 } asked, ..] ? asked : "json";
        if (!Formats.Contains(format))
        {
            return (null, AzureErrors.Unsupported(
                "response_format", $"response_format '{format}' is not compatible with this model. Use one of: '{string.Join("', '", Formats)}'."));
        }

        var fileName = form.Files[0].FileName;
        if (!Extensions.Contains(Path.GetExtension(fileName).TrimStart('.').ToLowerInvariant()))
        {
            return (null, AzureErrors.Request(
                $"Unsupported file format {Path.GetExtension(fileName)}. Supported formats: ['{string.Join("', '", Extensions)}']", null, "unsupported_value"));
        }

        // The other kind's parameter names. Ignoring one would silently lose the hint.
        string[] foreign = TellsLanguage ? [] : ["languages[]", "keywords[]"];
        if (Array.Find(foreign, form.ContainsKey) is { } unknown)
            return (null, AzureErrors.Unsupported(unknown, $"Unsupported parameter: '{unknown}' is not supported with this model.", "unsupported_parameter"));
        string[] languages = [.. (TellsLanguage ? form["languages[]"] : form["language"]).OfType<string>()];
        if (Array.Find(languages, language => !IsLanguage(language)) is { } wrong)
            return (null, AzureErrors.Request($"Invalid language '{wrong}'. Language parameter must be specified in ISO-639-1 format.", TellsLanguage ? "languages" : "language", "invalid_value"));
        string[] keywords = [.. form["keywords[]"].OfType<string>()];
        if (Array.Exists(keywords, keyword => keyword.AsSpan().ContainsAny("<>\r\n")))
            return (null, AzureErrors.Request("A keyword must not contain angle brackets or line breaks.", "keywords", "invalid_value"));
        var prompt = !TellsLanguage && form["prompt"] is [{ Length: > 0 } words, ..] ? words : null;
        return (new TranscriptionRequest(deployment, fileName, audio, languages, keywords, prompt, format), null);
    }

    private static bool IsLanguage(string code) =>
        TwoLetters().IsMatch(code) && CultureInfo.GetCultures(CultureTypes.NeutralCultures).Any(culture => culture.TwoLetterISOLanguageName == code);

    [GeneratedRegex("^[a-z]{2}$")]
    private static partial Regex TwoLetters();
}
