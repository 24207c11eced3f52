using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>A way to bring messages to points that they do not come to otherwise. All but the first send one message, so that it is known which one dies.</summary>
/// <param name="Drafts">What is sent, by seed.</param>
internal sealed record Scenario(string Name, Func<Chatter, IReadOnlyList<Draft>> Drafts)
{
    /// <summary>Finds, among the points of the scenarios before, one where to die first, so that there is something to recover from.</summary>
    public Func<CrashPoint, bool>? DiesFirst { get; init; }

    /// <summary>The database is away while the messages arrive.</summary>
    public bool LosesDatabase { get; init; }

    /// <summary>Nothing has ever been kept in the storage account.</summary>
    public bool LacksContainer { get; init; }

    public string Prefix => this == All[0] ? "" : $"{Name}/";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("ordinary", chatter => chatter.Mix(7)),
        // The way of each phase to its poison function, and through it.
        .. Doom.Drafts.Select(draft => new Scenario(draft.Kind.Replace(' ', '-'), chatter => [chatter.PerhapsTwice(draft)])),
        // Stored and never queued: the sweeper's business.
        new("orphaned", OneText) { DiesFirst = point => point.Function == "TwilioMessage" && IsBeforeQueue(point) },
        // One phase is over and the next was not asked for.
        new("half-done", OneText) { DiesFirst = point => point.Function == "Extract" && IsBeforeQueue(point) },
        // Twilio has the reply, and nobody wrote it down.
        new("half-said", OneText) { DiesFirst = point => point.Function == "Finalize" && point.What.StartsWith("after POST", StringComparison.Ordinal) },
        new("first-recording", chatter => [chatter.PerhapsTwice(chatter.VoiceNote())]) { LacksContainer = true },
        new("database-away", OneText) { LosesDatabase = true },
    ];

    private static IReadOnlyList<Draft> OneText(Chatter chatter) => [chatter.PerhapsTwice(chatter.Text())];

    private static bool IsBeforeQueue(CrashPoint point) =>
        point.What.StartsWith("before POST", StringComparison.Ordinal) && point.What.EndsWith("/messages", StringComparison.Ordinal);
}
