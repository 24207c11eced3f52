using System.Text;

namespace FamilyPa.Simulators.Extraction;

/// <summary>A text whose dates are replaced by one sign each, so that it can be cut and turned around without losing them.</summary>
internal sealed class DatedText
{
    private const int MaxDates = 200;
    private readonly Lexicon lexicon;
    private readonly List<(DateMention Mention, string Words)> dates = [];

    public DatedText(string text, IReadOnlyList<DateMention> mentions, Lexicon lexicon)
    {
        this.lexicon = lexicon;
        var marked = new StringBuilder();
        var at = 0;
        foreach (var mention in mentions.Take(MaxDates))
        {
            if (mention.Index < at || mention.End > text.Length) continue;
            marked.Append(text, at, mention.Index - at);
            // "Friday's party": the day belongs to a name.
            var possessive = text.AsSpan(mention.End).StartsWith("'s ");
            if (possessive) marked.Append(text, mention.Index, mention.Length);
            else
            {
                marked.Append((char)(Lexicon.FirstDate + dates.Count));
                dates.Add((mention, text.Substring(mention.Index, mention.Length)));
            }

            at = mention.End;
        }

        Marked = marked.Append(text, at, text.Length - at).ToString();
    }

    public string Marked { get; }

    /// <summary>The dates of a part of the marked text.</summary>
    public IEnumerable<DateMention> In(string part) => Signs(part).Select(sign => dates[sign].Mention);

    /// <summary>The mention that tells the hour: the first day's own, else the first time alone. Another day's hour is not taken.</summary>
    public static DateMention? ClockOf(IReadOnlyList<DateMention> mentions)
    {
        var day = mentions.FirstOrDefault(mention => mention.DateSaid);
        return day?.Time is not null ? day : mentions.FirstOrDefault(mention => mention is { DateSaid: false, Time: not null });
    }

    /// <summary>Puts back the words of dates that are part of the matter: "every Monday", "at 8 and at 6", and a second date.</summary>
    public string Restore(string part)
    {
        var day = In(part).FirstOrDefault(mention => mention.DateSaid);
        var time = ClockOf([.. In(part)]);
        var kept = lexicon.RepeatedDate.Matches(part).SelectMany(match => match.Value.Where(Beginning.IsDate)).ToHashSet();
        var text = new StringBuilder();
        foreach (var character in part)
        {
            if (!Beginning.IsDate(character))
            {
                text.Append(character);
                continue;
            }

            var (mention, words) = dates[character - Lexicon.FirstDate];
            if (kept.Contains(character) || (mention != day && mention != time)) text.Append(words);
            else text.Append(character);
        }

        return text.ToString();
    }

    private IEnumerable<int> Signs(string part) =>
        part.Where(Beginning.IsDate).Select(character => character - Lexicon.FirstDate).Where(sign => sign < dates.Count);
}
