using System.Globalization;

namespace FamilyPa.Core.Replies;

/// <summary>How a member is spoken to: in the language of what we answer if we have it, else in the family's.</summary>
internal sealed record Wording(Phrases Phrases, CultureInfo Culture)
{
    public static Wording Of(string? language, string locale) =>
        new(Phrases.Of(Phrases.Speaks(language) ? language : locale), Phrases.CultureOf(language, locale));

    public string Format(string phrase, params object[] values) => string.Format(Culture, phrase, values);
}
