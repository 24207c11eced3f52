using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Decides whether a message answers a question that is open: yes, no, or the words that were missing.</summary>
internal sealed partial class AnswerReader(ExtractionInput input, Lexicon lexicon, Members members)
{
    private const double Sure = 0.95;

    /// <summary>What is at least this sure, and says nothing of the question's task, is something else to be done.</summary>
    private const double SpeaksForItself = 0.9;
    private const int FewWords = 8;

    /// <param name="understood">The message read by itself.</param>
    public ExtractionAnswer Read(ExtractionAnswer understood, DatedText text, IReadOnlyList<DateMention> dates)
    {
        var unrelated = understood with { Withdrawn = [] };
        var question = input.Questions[^1];
        if (No().IsMatch(input.Message)) return new ExtractionAnswer([], null, understood.Language) { Withdrawn = [question.Number] };
        if (question.Task is not { } asked) return unrelated;
        if (Yes().IsMatch(input.Message)) return Answer(asked);

        if (understood.Tasks.FirstOrDefault(task => IsAbout(asked, task)) is { } same)
            return Answer(same with { DueAt = same.DueAt ?? asked.DueAt, Assignee = same.Assignee ?? asked.Assignee });
        var speaksForItself = understood.Tasks.Any(task => task.Confidence >= SpeaksForItself) || Verbs.Begin(input.Message, lexicon, members, strict: false);
        if (speaksForItself || Categories.WordsOf(input.Message).Count() > FewWords) return unrelated;

        var day = dates.FirstOrDefault(date => date.DateSaid);
        var time = DatedText.ClockOf([.. dates]);
        var detail = Titles.Of(text.Restore(text.Marked), lexicon).Title;
        if (day is null && time is null && detail.Length == 0) return unrelated;
        return Answer(asked with
        {
            Title = Complete(asked.Title, detail),
            DueAt = ExtractedTask.Due(day?.Date ?? time?.Date, time?.Time) ?? asked.DueAt,
        });

        ExtractionAnswer Answer(ExtractedTask task) =>
            new([task with { Confidence = Sure, Answers = question.Number }], null, understood.Language) { Withdrawn = [] };
    }

    // "Call" and then "call the dentist", "zebra" and then "feed the zebra".
    private static bool IsAbout(ExtractedTask asked, ExtractedTask task) =>
        asked.Title.Length > 0 && task.Title.Contains(asked.Title, StringComparison.OrdinalIgnoreCase);

    // "Call" and then "the dentist"; "do the thing" and then "the gutters".
    private string Complete(string title, string detail)
    {
        if (detail.Length == 0) return title;
        var inside = char.ToLowerInvariant(detail[0]) + detail[1..];
        var thing = Verbs.ObjectOf(title, lexicon);
        var verb = title.Split(' ')[0];
        return thing.Length == 0 ? $"{title} {inside}" : lexicon.Vague.IsMatch(thing) ? $"{verb} {inside}" : $"{title}: {inside}";
    }

    [GeneratedRegex(@"^\W*(?:yes|yeah|yep|sure|ok(?:ay)?|right|correct|exactly|please do|ja|genau|richtig|oui|d'accord|exact|s[íi]|claro|correcto|vale)\b[\w\s,]{0,20}\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex Yes();

    [GeneratedRegex(@"^\W*(?:no|nope|nah|never ?mind|forget (?:it|that)|nein|vergiss (?:es|das)|non|laisse tomber|oublie|olv[íi]dalo|d[ée]jalo|no importa)\b[\w\s,]{0,20}\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex No();
}
