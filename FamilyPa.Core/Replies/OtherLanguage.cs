using System.Globalization;
using System.Text.RegularExpressions;

namespace FamilyPa.Core.Replies;

/// <summary>A language that we have no phrases for.</summary>
/// <param name="Tag">BCP 47.</param>
/// <param name="Culture">How it writes dates; null where .NET does not know.</param>
internal sealed partial record OtherLanguage(string Tag, CultureInfo? Culture)
{
    /// <param name="tag">As a model named it.</param>
    /// <returns>Null for a language that we have phrases for, and for what names no language.</returns>
    public static OtherLanguage? Of(string? tag)
    {
        if (tag is null || !WellFormed().IsMatch(tag) || Phrases.Speaks(tag))
            return null;
        var culture = Find(tag);
        return culture is not null && Phrases.Speaks(culture.TwoLetterISOLanguageName) ? null : new OtherLanguage(tag, culture is null ? null : Gregorian(culture));
    }

    private static CultureInfo? Find(string tag)
    {
        try
        {
            return CultureInfo.GetCultureInfo(tag, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Some cultures count by another calendar, in which our dates would be others.</summary>
    private static CultureInfo? Gregorian(CultureInfo culture)
    {
        if (culture.Calendar is GregorianCalendar)
            return culture;
        if (culture.OptionalCalendars.OfType<GregorianCalendar>().FirstOrDefault() is not { } gregorian)
            return null;
        var changed = (CultureInfo)culture.Clone();
        changed.DateTimeFormat.Calendar = gregorian;
        return changed;
    }

    /// <summary>Not the tags of ISO 639-2 for no language, several, or one that is not known.</summary>
    [GeneratedRegex(@"\A(?!(?:und|zxx|mul|mis)\b)[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();
}
