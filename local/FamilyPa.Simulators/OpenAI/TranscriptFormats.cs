using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FamilyPa.Simulators.Extraction;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A transcript in each of the response formats. Segments are sentences, and share the duration by their length.</summary>
internal static partial class TranscriptFormats
{
    public static bool Knows(string format) => format is "json" or "verbose_json" or "text" or "srt" or "vtt";

    public static Answer Write(string format, string text, TimeSpan duration, string? language) => format switch
    {
        "text" => Answer.Text(200, text + "\n"),
        "srt" => Answer.Text(200, string.Concat(Segments(text, duration).Select(part =>
            $"{part.Index + 1}\n{Clock(part.Start, ',')} --> {Clock(part.End, ',')}\n{part.Text.Trim()}\n\n"))),
        "vtt" => Answer.Text(200, "WEBVTT\n\n" + string.Concat(Segments(text, duration).Select(part =>
            $"{Clock(part.Start, '.')} --> {Clock(part.End, '.')}\n{part.Text.Trim()}\n\n"))),
        "verbose_json" => Answer.Json(200, new
        {
            task = "transcribe",
            language = Lexicon.EnglishNameOf(language ?? Lexicon.Detect(text).Language),
            duration = Math.Round(duration.TotalSeconds, 2),
            text,
            segments = Segments(text, duration).Select(part => new
            {
                id = part.Index,
                seek = 0,
                start = Math.Round(part.Start.TotalSeconds, 2),
                end = Math.Round(part.End.TotalSeconds, 2),
                text = part.Text,
                tokens = Array.Empty<int>(),
                temperature = 0.0,
                avgLogprob = -0.2,
                compressionRatio = 1.1,
                noSpeechProb = 0.01,
            }),
        }),
        _ => Answer.Json(200, new { text }),
    };

    private static IEnumerable<(int Index, TimeSpan Start, TimeSpan End, string Text)> Segments(string text, TimeSpan duration)
    {
        var said = 0;
        var sentences = Sentence().Matches(text).Select(match => match.Value).Where(sentence => sentence.Trim().Length > 0);
        foreach (var (index, sentence) in sentences.Index())
        {
            var start = duration * said / text.Length;
            said += sentence.Length;
            yield return (index, start, duration * said / text.Length, sentence);
        }
    }

    private static string Clock(TimeSpan at, char point) =>
        new StringBuilder(at.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture)).Append(point)
            .Append(at.Milliseconds.ToString("000", CultureInfo.InvariantCulture)).ToString();

    [GeneratedRegex(@"[^.!?。！？]+[.!?。！？]*\s*")]
    private static partial Regex Sentence();
}
