using System.Globalization;
using System.Text;

namespace FamilyPa.Core.Replies;

/// <summary>What an invitation is to.</summary>
/// <param name="By">The name of the member who invites; null when it has left.</param>
public sealed record InvitedTo(string Locale, string Family, string? By);

/// <summary>The invitation: a fixed text with names. A name is shortened so that it cannot carry a message.</summary>
public static class InvitationText
{
    private const int LongestName = 30;
    private const int MostDigits = 4;

    public static string Question(InvitedTo invited, string? to = null) => Format(invited, to, phrases => phrases.Invitation);

    public static string Joined(InvitedTo invited, string? to = null) => Format(invited, to, phrases => phrases.InvitationAccepted);

    public static string Declined(InvitedTo invited, string? to = null) => Format(invited, to, phrases => phrases.InvitationDeclined);

    /// <summary>A name without what could make a link, a number to call, or a text that runs backwards.</summary>
    internal static string Name(string name)
    {
        var digits = name.EnumerateRunes().Count(Rune.IsDigit) <= MostDigits;
        var kept = string.Concat(name.EnumerateRunes().Select(rune => IsOfNames(rune) || (digits && Rune.IsDigit(rune)) ? rune.ToString() : " "));
        var words = string.Join(' ', kept.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return string.Concat(words.EnumerateRunes().Take(LongestName)).Trim();
    }

    private static bool IsOfNames(Rune rune) => rune.Value is '\'' or '’' or '-' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Format(InvitedTo invited, string? to, Func<Phrases, string> phrase)
    {
        var phrases = Phrases.Of(invited.Locale, to);
        return string.Format(CultureInfo.InvariantCulture, phrase(phrases), Or(invited.By, phrases.SomeMember), Or(invited.Family, phrases.SomeFamily));
    }

    private static string Or(string? name, string other) => name is not null && Name(name) is { Length: > 0 } plain ? plain : other;
}
