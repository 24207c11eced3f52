using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>
/// Leads messages to fail points that they do not reach otherwise. All scenarios but the first send messages of one kind, so that any of them reaches a point
/// by the same path.
/// </summary>
/// <param name="Drafts">The messages, by seed.</param>
internal sealed record Scenario(string Name, Func<RandomMessages, IReadOnlyList<Draft>> Drafts)
{
    /// <summary>Selects, among earlier scenarios' points, where the app dies first, so that there is something to recover from.</summary>
    public Func<CrashPoint, bool>? DiesFirst { get; init; }

    /// <summary>The number of messages that the first death affects.</summary>
    public int FirstDead { get; init; } = 1;

    /// <summary>Maximum number of points per death, in all and per function.</summary>
    public (int InAll, int OfOneFunction) AtOnce { get; init; } = (1, 1);

    /// <summary>Whether the database is unavailable while the messages arrive.</summary>
    public bool LosesDatabase { get; init; }

    /// <summary>Whether the media container does not exist yet.</summary>
    public bool LacksContainer { get; init; }

    /// <summary>Whether timers that no message needs take part.</summary>
    public bool HasTimers { get; init; }

    /// <summary>How long timers and status callbacks continue after the messages have finished.</summary>
    public TimeSpan Aftermath { get; init; } = TimeSpan.FromSeconds(3);

    public string Prefix => this == All[0] ? "" : $"{Name}/";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        // Additional messages of kinds that alone reach some points.
        new("ordinary", chatter => [.. chatter.Mix(7), .. Several(3, each => each.TwoVoiceNotes())(chatter), .. Several(2, Text)(chatter)])
        {
            AtOnce = (8, 2), HasTimers = true,
        },
        new("text", Several(5, Text)) { AtOnce = (4, 4) },
        new("voice-note", Several(5, chatter => chatter.VoiceNote())) { AtOnce = (4, 4) },
        new("picture", Several(5, _ => new Draft("picture", "") { HasPicture = true })) { AtOnce = (4, 4) },
        new("recurring", Several(4, _ => new Draft("recurring task", "take out the bins every Monday at 7pm"))) { AtOnce = (4, 4) },
        // One more call to the model, for the reply. The verb is one that the simulated model knows.
        new("other-language", Several(4, _ => new Draft("other language", "buy молоко"))) { AtOnce = (4, 4) },
        // Each phase's path to and through its poison function.
        .. FailingMessages.Drafts.Select(draft => new Scenario(draft.Kind.Replace(' ', '-'), Several(6, _ => draft)) { AtOnce = (5, 4) }),
        // Stored but never queued: the sweeper must queue it.
        new("orphaned", OneText) { DiesFirst = point => point.Function == "TwilioMessage" && IsBeforeQueue(point) },
        // One phase has finished, but the next is not queued.
        new("half-done", Several(4, Text)) { DiesFirst = point => point.Function == "Extract" && IsBeforeQueue(point), FirstDead = 4, AtOnce = (3, 3) },
        // Twilio accepted the reply, but the result was not stored.
        new("half-said", Several(4, Text)) { DiesFirst = point => IsReply(point, "after"), FirstDead = 4, AtOnce = (3, 3), HasTimers = true, Aftermath = TimeSpan.FromSeconds(8) },
        // Twilio never got the reply. The later message makes this visible once the first reply is uncertain, which takes an app restart.
        new("unsaid", chatter => [chatter.Text(), chatter.Text() with { Later = TimeSpan.FromSeconds(8) }])
        {
            DiesFirst = point => IsReply(point, "before"), HasTimers = true, Aftermath = TimeSpan.FromSeconds(8),
        },
        new("first-recording", chatter => [chatter.PerhapsTwice(chatter.VoiceNote())]) { LacksContainer = true },
        new("database-away", Several(5, Text)) { LosesDatabase = true, AtOnce = (3, 3) },
    ];

    private static Draft Text(RandomMessages chatter) => chatter.Text();

    private static IReadOnlyList<Draft> OneText(RandomMessages chatter) => [chatter.PerhapsTwice(chatter.Text())];

    private static Func<RandomMessages, IReadOnlyList<Draft>> Several(int count, Func<RandomMessages, Draft> make) =>
        chatter => [.. Enumerable.Range(0, count).Select(_ => chatter.PerhapsTwice(make(chatter)))];

    private static bool IsBeforeQueue(CrashPoint point) =>
        point.What.StartsWith("before POST", StringComparison.Ordinal) && point.What.EndsWith("/messages", StringComparison.Ordinal);

    private static bool IsReply(CrashPoint point, string when) =>
        point.Function == "Finalize" && point.What.StartsWith($"{when} POST", StringComparison.Ordinal);
}
