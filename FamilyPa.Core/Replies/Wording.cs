using System.Globalization;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Replies;

/// <summary>How a member is spoken to: in the language of what we answer if we have it, else in the family's.</summary>
/// <param name="IsSms">The app's own words must fit GSM-7. Texts of members stay unchanged.</param>
internal sealed record Wording(Phrases Phrases, CultureInfo Culture, bool IsSms)
{
    /// <summary>In characters. A message has room for 1600, and a list for twenty lines.</summary>
    private const int LongestTitle = 60;

    /// <summary>The language that a model is to put the text in; null where we speak the receiver's.</summary>
    public OtherLanguage? Other { get; init; }

    /// <param name="to">The receiver's address; null where it does not matter.</param>
    public static Wording Of(string? language, string locale, string? to = null) =>
        new(Phrases.Of(Phrases.Speaks(language) ? language : locale, to), Phrases.CultureOf(language, locale), to is not null && Address.IsSms(to))
        {
            Other = OtherLanguage.Of(language),
        };

    /// <summary>What no model changes: a text of a member, a name, or a date. It is marked if a model puts the text around it in another language.</summary>
    /// <param name="other">Writes it as a culture does.</param>
    public string Fact(string text, Func<CultureInfo, string>? other = null) =>
        Other is null ? text : Facts.Mark(text, Other.Culture is { } culture ? other?.Invoke(culture) : null);

    public string Format(string phrase, params object[] values) => string.Format(Culture, phrase, values);

    /// <summary>Words that we or a model wrote, in GSM-7 where that is possible.</summary>
    public string Plain(string text) => IsSms && SmsText.Plain(text) is var plain && SmsText.IsGsm7(Facts.Unmark(plain)) ? plain : text;

    /// <summary>A title on one line, without half a surrogate pair at its end.</summary>
    public string Cut(string title) => Cut(string.Join(' ', title.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), LongestTitle);

    public string Cut(string text, int longest) => text.Length <= longest ? text : text.Cut(longest).TrimEnd() + (IsSms ? "..." : "…");

    /// <summary>Names one after another: "Alex, Sam and Jo".</summary>
    public string And(IReadOnlyList<string> names) =>
        names is [var one] ? Fact(one) : string.Join(", ", names.SkipLast(1).Select(name => Fact(name))) + Phrases.Rhythm.And + Fact(names[^1]);

    /// <summary>Titles on one line: the first few, and how many more.</summary>
    public string Several(IReadOnlyList<string> titles)
    {
        const int most = 3;
        var first = string.Join(", ", titles.Take(most).Select(title => Fact(Cut(title))));
        return titles.Count <= most ? first : $"{first} {Format(Phrases.AndMore, titles.Count - most)}";
    }
}
