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
            var e164 = Canonical(util.Format(util.Parse(text, RegionOf(locale)), PhoneNumberFormat.E164));
            // IsPossibleNumber, not IsValidNumber: the library's list of assigned number blocks is always out of date.
            return E164().IsMatch(e164) && util.IsPossibleNumber(util.Parse(e164, null)) ? e164 : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>The one form of a sender's address in which numbers are stored and compared, without its channel. Answers go to the address as it came.</summary>
    /// <remarks>
    /// WhatsApp keeps the form in which a mobile number was first registered: of Mexico with a 1 that was abolished in 2019, of Brazil without the ninth digit,
    /// which all numbers got but landlines, from 2 to 5 (https://www.zoko.io/learning-article/whatsapp-id-brazil-mexico). Of Argentina E.164 has a 9 that people leave out
    /// (https://support.whapi.cloud/help-desk/faq/specifics-of-sending-messages-to-numbers-of-different-countries). The database does the same (canonical_number).
    /// </remarks>
    public static string Canonical(string address) => OtherForms().Replace(
        Address.WithoutChannel(address),
        number => number.Groups["mx"] is { Success: true } mexico ? "+52" + mexico.Value
            : number.Groups["ar"] is { Success: true } argentina ? "+549" + argentina.Value
            : $"{number.Groups["area"]}9{number.Groups["br"]}");

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

    [GeneratedRegex(@"\A(?:\+521(?<mx>[0-9]{10})|\+54(?<ar>[1-8][0-9]{9})|(?<area>\+55[0-9]{2})(?<br>[016-9][0-9]{7}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex OtherForms();

    /// <summary>The same pattern as the database's check constraint.</summary>
    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
