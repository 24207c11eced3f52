using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Finds the tasks of a message by word lists and a date library. The simulated chat model answers with them.</summary>
internal sealed partial class TaskExtractor(DateRecogniser recogniser)
{
    private const int MaxTasks = 20;

    /// <param name="userMessage">The app's JSON (see <see cref="ExtractionInput"/>), or any text.</param>
    /// <param name="pictureTexts">The text in each picture beside it; null for one that cannot be read.</param>
    /// <returns>The answer as JSON.</returns>
    /// <exception cref="RecogniserException">Dates cannot be recognised.</exception>
    public async Task<string> AnswerAsync(string userMessage, IReadOnlyList<string?> pictureTexts, CancellationToken cancellation)
    {
        var input = ExtractionInput.Read(userMessage);
        input = input with { Message = string.Join('\n', [input.Message, .. pictureTexts.OfType<string>()]).Trim() };
        var lexicon = Lexicon.Detect(input.Message, input.Locale);
        var clauses = Clauses(input.Message, lexicon);
        var dates = await recogniser.FindAsync(lexicon.Language, input.Locale, input.Now, [.. clauses, input.Message], cancellation);

        var (reader, changes) = (new ClauseReader(lexicon, input.Members, input.Sender), new ChangeReader(input, lexicon));
        var operations = clauses.Zip(dates, (clause, dates) => lexicon.Language == "en" ? changes.Read(clause, dates) : null).ToList();
        var found = clauses.Index().Where(clause => operations[clause.Index] is null)
            .Select(clause => Read(clause.Item, dates[clause.Index])).OfType<(ExtractedTask Task, string? Question)>().ToList();
        List<string?> questions = [.. found.Select(task => task.Question), .. operations.Select(operation => operation?.Question)];
        if (found.Count == 0 && operations.TrueForAll(operation => operation is null) && pictureTexts.Contains(null)) questions.Add(lexicon.UnreadablePicture);
        var answer = new ExtractionAnswer([.. found.Select(task => task.Task)], questions.Find(question => question is not null), OtherLanguages.Detect(input.Message) ?? lexicon.Language)
        {
            List = operations.Select(operation => operation?.List).FirstOrDefault(list => list is not null),
            Changes = input.Tasks.Count == 0 ? null : [.. operations.SelectMany(operation => operation?.Changes ?? [])],
        };
        if (input.OpenQuestions.Count == 0) return answer.ToJson();
        // "Forget it" is about the question, other operations are not.
        var answersNothing = operations.Exists(operation => operation is not null) && !lexicon.No.IsMatch(input.Message);
        return (answersNothing ? answer with { Withdrawn = [] } : AnswerReader.Read(answer, input, dates[^1], lexicon)).ToJson();

        (ExtractedTask, string?)? Read(string clause, IReadOnlyList<DateMention> dates)
        {
            if (lexicon.Language != "en") return reader.Read(clause, dates);
            var (rest, begin, rule) = RhythmReader.TakeFrom(clause, dates, input.Now);
            return reader.Read(rest, begin) is var (task, question) ? (task with { Recurrence = rule }, question) : null;
        }
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
