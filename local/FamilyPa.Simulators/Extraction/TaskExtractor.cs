using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds the tasks of a message by word lists and a date library. The simulated chat model answers with them.</summary>
internal sealed partial class TaskExtractor(DateRecogniser recogniser)
{
    private const int MaxTasks = 20;

    /// <param name="userMessage">The app's JSON (see <see cref="ExtractionInput"/>), or any text.</param>
    /// <param name="pictureText">What is written in the pictures beside it, if anything.</param>
    /// <returns>The answer as JSON.</returns>
    /// <exception cref="RecogniserException">Dates cannot be recognised.</exception>
    public async Task<string> AnswerAsync(string userMessage, string pictureText, CancellationToken cancellation)
    {
        var input = ExtractionInput.Read(userMessage);
        if (pictureText.Length > 0) input = input with { Message = $"{input.Message}\n{pictureText}".Trim() };
        var lexicon = Lexicon.Detect(input.Message, input.Locale);
        var clauses = Clauses(input.Message, lexicon);
        var dates = await recogniser.FindAsync(lexicon.Language, input.Locale, input.Now, [.. clauses, input.Message], cancellation);

        var reader = new ClauseReader(lexicon, input.Members, input.Sender);
        var found = clauses.Zip(dates, reader.Read).OfType<(ExtractedTask Task, string? Question)>().ToList();
        var question = found.Select(task => task.Question).FirstOrDefault(question => question is not null);
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
