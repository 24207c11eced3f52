namespace FamilyPa.Core.Replies;

/// <summary>Keeps a message within the length that Twilio accepts: of its items as many as have room are named, the others counted. All else stays.</summary>
internal static class MessageLength
{
    /// <summary>In characters; <c>TwilioClient</c> would cut at 1600.</summary>
    public const int Longest = 1580;

    /// <summary>Of what a reply adds about reminders and notices that did not come.</summary>
    public const int LongestMissed = 320;

    /// <summary>Without the marks of facts.</summary>
    public static int Of(string text) => Facts.Unmark(text).Length;

    /// <param name="more">Says how many items are left out.</param>
    /// <param name="most">How many items to name at most.</param>
    /// <returns>The text, and how many of the items it names.</returns>
    public static (string Text, int Shown) Fit(
        IReadOnlyList<string> before, IReadOnlyList<string> items, IReadOnlyList<string> after, Func<int, string> more, int longest = Longest,
        int most = int.MaxValue)
    {
        var shown = Math.Min(items.Count, most);
        while (shown > 0 && Of(Text()) > longest)
            shown--;
        return (Text(), shown);

        string Text() => string.Join('\n', [.. before, .. items.Take(shown), .. shown < items.Count ? [more(items.Count - shown)] : (string[])[], .. after]);
    }
}
