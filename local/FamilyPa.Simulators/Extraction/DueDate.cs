using System.Globalization;

namespace FamilyPa.Simulators.Extraction;

/// <summary>Takes the due date out of a text.</summary>
internal static class DueDate
{
    public static string Remove(string text, IEnumerable<DateMention> mentions, Lexicon lexicon)
    {
        foreach (var mention in mentions.OrderByDescending(mention => mention.Index))
            text = $"{lexicon.BeforeDate.Replace(text[..mention.Index], "").TrimEnd()} {text[(mention.Index + mention.Length)..].TrimStart()}";
        return text;
    }

    /// <returns>The text without its date, and the date in the answer's format.</returns>
    /// <remarks>A text with a second date keeps both: "feed the cat at 8am and 6pm".</remarks>
    public static (string Text, string? DueAt) TakeFrom(string text, IReadOnlyList<DateMention> mentions, Lexicon lexicon)
    {
        var day = mentions.FirstOrDefault(mention => mention.HasDay);
        var time = day?.Time is not null ? day : mentions.FirstOrDefault(mention => !mention.HasDay);
        if ((day ?? time) is not { } due) return (text, null);

        if (mentions.Count == new[] { day, time }.OfType<DateMention>().Distinct().Count()) text = Remove(text, mentions, lexicon);
        return (text, due.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + time?.Time?.ToString("'T'HH:mm", CultureInfo.InvariantCulture));
    }
}
