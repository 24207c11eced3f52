namespace FamilyPa.Core.Diagnostics;

internal static class Shortening
{
    /// <summary>The beginning of a text. A surrogate pair is not split: neither PostgreSQL nor Twilio takes half a character.</summary>
    /// <param name="longest">In UTF-16 units.</param>
    public static string Cut(this string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>As above, with an ellipsis in the place of what is left out: one unit longer.</summary>
    public static string Shorten(this string text, int longest) => text.Length <= longest ? text : text.Cut(longest) + "…";
}
