using System.Globalization;
using System.Text;

namespace FamilyPa.Bench.Evaluation;

/// <summary>Decides which of the tasks that a model found is which of those that a message's label expects.</summary>
internal static class TaskMatcher
{
    public const string Rule =
        "A found task is an expected one if its title has at least half of the label's words: in lower case, without accents and punctuation, and a word counts "
        + "if either begins with the other and both have four letters or more. The pairs that share most are taken first, each task once.";

    private const double Enough = 0.5;
    private const int LongEnough = 4;

    /// <returns>Pairs of indexes.</returns>
    public static IReadOnlyList<(int Expected, int Found)> Match(IReadOnlyList<ExpectedTask> expected, IReadOnlyList<string> titles)
    {
        var labels = expected.Select(task => task.Words.SelectMany(Words).ToList()).ToList();
        var found = titles.Select(title => Words(title).ToList()).ToList();
        var candidates =
            from label in Enumerable.Range(0, labels.Count)
            from title in Enumerable.Range(0, found.Count)
            let share = labels[label].Count(word => found[title].Exists(other => IsSame(word, other))) / (double)labels[label].Count
            where share >= Enough
            orderby share descending, label, title
            select (label, title);
        List<(int Expected, int Found)> pairs = [];
        foreach (var (label, title) in candidates)
        {
            if (!pairs.Exists(pair => pair.Expected == label || pair.Found == title))
                pairs.Add((label, title));
        }

        return pairs;
    }

    private static bool IsSame(string one, string other) =>
        one == other
        || (Math.Min(one.Length, other.Length) >= LongEnough && (one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal)));

    private static IEnumerable<string> Words(string text)
    {
        var letters = text.ToLowerInvariant().Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark);
        return string.Concat(letters.Select(c => char.IsLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
