namespace FamilyPa.Simulators.Extraction;

/// <summary>Decides whether a message answers the latest open question: with yes, no, or the missing words.</summary>
internal static class AnswerReader
{
    private const int FewWords = 8;

    /// <param name="answer">The message read as if no question were open.</param>
    /// <param name="dates">The dates of the whole message.</param>
    public static ExtractionAnswer Read(ExtractionAnswer answer, ExtractionInput input, IReadOnlyList<DateMention> dates, Lexicon lexicon)
    {
        var question = input.OpenQuestions[^1];
        if (lexicon.No.IsMatch(input.Message)) return new([], null, answer.Language) { Withdrawn = [question.Number] };
        if (question.Task is not { } task) return answer with { Withdrawn = [] };
        if (lexicon.Yes.IsMatch(input.Message)) return Answered(task);

        var isOtherTask = answer.Tasks.Any(found => found.Confidence >= ClauseReader.Certain) || lexicon.HasVerb(input.Message);
        var (details, dueAt) = DueDate.TakeFrom(input.Message, dates, lexicon);
        details = ClauseReader.Title(details);
        if (isOtherTask || Lexicon.Words(details).Length > FewWords || (details.Length == 0 && dueAt is null)) return answer with { Withdrawn = [] };
        return Answered(task with { Title = Complete(task.Title, details), DueAt = dueAt ?? task.DueAt });

        ExtractionAnswer Answered(ExtractedTask complete) =>
            new([complete with { Confidence = ClauseReader.Certain, Answers = question.Number }], null, answer.Language) { Withdrawn = [] };

        // "Call" with "the dentist", "Do the thing" with "the dishes".
        string Complete(string title, string details) =>
            details.Length == 0 ? title : $"{lexicon.VagueObject.Replace(title, "")} {char.ToLowerInvariant(details[0])}{details[1..]}";
    }
}
