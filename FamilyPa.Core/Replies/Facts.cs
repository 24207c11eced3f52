using System.Text.RegularExpressions;

namespace FamilyPa.Core.Replies;

/// <summary>
/// Marks what a reply says of the family's tasks and members. The sentences around these facts are put in another language; the facts stay.
/// </summary>
/// <remarks>The marks are characters for private use, which <c>ModelText</c> removes from what a model writes.</remarks>
internal static partial class Facts
{
    private const char Begin = '\uE000';
    private const char Between = '\uE001';
    private const char End = '\uE002';

    /// <param name="text">As the family's language writes it.</param>
    /// <param name="other">As the other language writes it, if not in the same way.</param>
    public static string Mark(string text, string? other = null) => text.Length == 0 || text.Contains(Begin) ? text : $"{Begin}{text}{Between}{other ?? text}{End}";

    /// <summary>The text in the family's language.</summary>
    public static string Unmark(string text) => Replace(text, (own, _) => own);

    /// <param name="replace">Gets each fact as the family's language writes it, and as the other one does.</param>
    public static string Replace(string text, Func<string, string, string> replace) =>
        text.Contains(Begin) ? Marked().Replace(text, fact => replace(fact.Groups["own"].Value, fact.Groups["other"].Value)) : text;

    [GeneratedRegex("\uE000(?<own>[^\uE000-\uE002]*)\uE001(?<other>[^\uE000-\uE002]*)\uE002")]
    private static partial Regex Marked();
}
