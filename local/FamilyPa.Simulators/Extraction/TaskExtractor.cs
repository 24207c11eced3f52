using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds the tasks of a message by word lists and a date library. The simulated chat model answers with them.</summary>
internal sealed partial class TaskExtractor(DateRecogniser recogniser)
{
    private const int MaxTasks = 20;

    /// <param name="userMessage">The app's JSON (see <see cref="ExtractionInput"/>), or any text.</param>
    /// <param name="pictureTexts">What is written in each picture beside it; null for one that cannot be read.</param>
    /// <returns>The answer as JSON.</returns>
    /// <exception cref="RecogniserException">Dates cannot be recognised.</exception>
    public async Task<string> AnswerAsync(string userMessage, IReadOnlyList<string?> pictureTexts, CancellationToken cancellation)
    {
        var input = ExtractionInput.Read(userMessage);
        input = input with { Message = string.Join('\n', [input.Message, .. pictureTexts.OfType<string>()]).Trim() };
        var lexicon = Lexicon.Detect(input.Message, input.Locale);
        var clauses = Clauses(input.Message, lexicon);
        var dates = await recogniser.FindAsync(lexicon.Language, input.Locale, input.Now, [.. clauses, input.Message], cancellation);

        var reader = new ClauseReader(lexicon, input.Members, input.Sender);
        var found = clauses.Zip(dates, reader.Read).OfType<(ExtractedTask Task, string? Question)>().ToList();
        var question = found.Select(task => task.Question).FirstOrDefault(question => question is not null);
        if (found.Count == 0 && pictureTexts.Contains(null)) question = lexicon.UnreadablePicture;
        var answer = new ExtractionAnswer([.. found.Select(task => task.Task)], question, lexicon.Language);
        return (input.OpenQuestions.Count == 0 ? answer : AnswerReader.Read(answer, input, dates[^1], lexicon)).ToJson();
    }

    private static List<string> Clauses(string message, Lexicon lexicon) =>
    [
        .. SentenceEnd().Split(message)
            .SelectMany(sentence => lexicon.ClauseSeparator.Split(sentence))
            .Where(clause => clause.Any(char.IsLetter))
            .Take(MaxTasks),
    ];

    // A full stop after a short word ends no sentence: "Dr. Lee", "5 p.m. please", "1. buy milk".
    [GeneratedRegex(@"(?:^|\n)\s*(?:(?:\d+[.)]|[-*•])\s+)?|(?<=\w{3}\.|[!?;])\s+")]
    private static partial Regex SentenceEnd();
}
