namespace FamilyPa.Core.Diagnostics;

internal static class Shortening
{
    /// <summary>The beginning of a text. It does not split a surrogate pair: PostgreSQL and Twilio reject half of one.</summary>
    /// <param name="longest">In UTF-16 units.</param>
    public static string Cut(this string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>As <see cref="Cut"/>, but a shortened text ends with an ellipsis and is one unit longer.</summary>
    public static string Shorten(this string text, int longest) => text.Length <= longest ? text : text.Cut(longest) + "…";
}
