using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>
/// A way to bring messages to points that they do not come to otherwise. All but the first send messages of one kind, so that whichever of them
/// comes to a point has come there in the same way.
/// </summary>
/// <param name="Drafts">What is sent, by seed.</param>
internal sealed record Scenario(string Name, Func<RandomMessages, IReadOnlyList<Draft>> Drafts)
{
    /// <summary>Finds, among the points of the scenarios before, one where to die first, so that there is something to recover from.</summary>
    public Func<CrashPoint, bool>? DiesFirst { get; init; }

    /// <summary>How many messages die there.</summary>
    public int FirstDead { get; init; } = 1;

    /// <summary>At how many points one death may strike, and at how many of one function's.</summary>
    public (int InAll, int OfOneFunction) AtOnce { get; init; } = (1, 1);

    /// <summary>The database is away while the messages arrive.</summary>
    public bool LosesDatabase { get; init; }

    /// <summary>Nothing has ever been kept in the storage account.</summary>
    public bool LacksContainer { get; init; }

    /// <summary>Timers that no message waits for have to do with it.</summary>
    public bool HasTimers { get; init; }

    /// <summary>For how long things go on to happen once all messages have ended: timers tick, Twilio reports on the replies.</summary>
    public TimeSpan Aftermath { get; init; } = TimeSpan.FromSeconds(3);

    public string Prefix => this == All[0] ? "" : $"{Name}/";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        // Enough of the kinds that alone come to some points.
        new("ordinary", chatter => [.. chatter.Mix(7), .. Several(3, each => each.TwoVoiceNotes())(chatter), .. Several(2, Text)(chatter)])
        {
            AtOnce = (8, 2), HasTimers = true,
        },
        new("text", Several(5, Text)) { AtOnce = (4, 4) },
        new("voice-note", Several(5, chatter => chatter.VoiceNote())) { AtOnce = (4, 4) },
        // The way of each phase to its poison function, and through it.
        .. FailingMessages.Drafts.Select(draft => new Scenario(draft.Kind.Replace(' ', '-'), Several(6, _ => draft)) { AtOnce = (5, 4) }),
        // Stored and never queued: the sweeper's business.
        new("orphaned", OneText) { DiesFirst = point => point.Function == "TwilioMessage" && IsBeforeQueue(point) },
        // One phase is over and the next was not asked for.
        new("half-done", Several(4, Text)) { DiesFirst = point => point.Function == "Extract" && IsBeforeQueue(point), FirstDead = 4, AtOnce = (3, 3) },
        // Twilio has the reply, and nobody wrote it down.
        new("half-said", Several(4, Text)) { DiesFirst = point => IsReply(point, "after"), FirstDead = 4, AtOnce = (3, 3), HasTimers = true, Aftermath = TimeSpan.FromSeconds(8) },
        // Twilio never got the reply, and a later one shows it: once the first is known to be uncertain, which takes a start of the app.
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
