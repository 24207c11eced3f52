using System.Globalization;
using System.Text.RegularExpressions;
using PhoneNumbers;

namespace FamilyPa.Core.Twilio;

/// <summary>Phone numbers as people write them, made into the one form that is stored: E.164.</summary>
public static partial class E164Phone
{
    private const int Longest = 40;

    /// <param name="locale">Whose country a number without a country code is of; null takes none such.</param>
    /// <returns>Null when it is no phone number.</returns>
    public static string? ToE164(string text, string? locale = null)
    {
        if (text.Length > Longest || text.Any(char.IsLetter))
            return null;
        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var number = util.Parse(text, RegionOf(locale));
            // Possible, not valid: which blocks a country has handed out changes faster than this list does.
            return util.IsPossibleNumber(number) && util.Format(number, PhoneNumberFormat.E164) is var e164 && E164().IsMatch(e164) ? e164 : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static string? RegionOf(string? locale)
    {
        try
        {
            return locale is { Length: > 0 } && !CultureInfo.GetCultureInfo(locale).IsNeutralCulture ? new RegionInfo(locale).TwoLetterISORegionName : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What the database takes.</summary>
    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
