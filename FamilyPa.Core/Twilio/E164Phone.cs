using System.Globalization;
using System.Text.RegularExpressions;
using PhoneNumbers;

namespace FamilyPa.Core.Twilio;

/// <summary>Converts phone numbers to E.164, the stored form.</summary>
public static partial class E164Phone
{
    private const int Longest = 40;

    /// <param name="locale">Determines the country of a number without a country code; when null, such numbers are invalid.</param>
    /// <returns>Null when the text is not a phone number.</returns>
    public static string? ToE164(string text, string? locale = null)
    {
        if (text.Length > Longest || text.Any(char.IsLetter))
            return null;
        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var number = util.Parse(text, RegionOf(locale));
            // IsPossibleNumber, not IsValidNumber: the library's list of assigned number blocks is always out of date.
            return util.IsPossibleNumber(number) && util.Format(number, PhoneNumberFormat.E164) is var e164 && E164().IsMatch(e164) ? e164 : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>The country of a number in E.164, ISO 3166-1; null for an international one. A number in no assigned block counts as its code's main country's.</summary>
    public static string? CountryOf(string phone)
    {
        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var number = util.Parse(phone, null);
            var country = util.GetRegionCodeForNumber(number) ?? util.GetRegionCodeForCountryCode(number.CountryCode);
            return country is { Length: 2 } and not "ZZ" ? country : null;
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

    /// <summary>The same pattern as the database's check constraint.</summary>
    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
