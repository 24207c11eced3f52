using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>A way to bring messages to points that they do not come to otherwise.</summary>
/// <param name="Drafts">What is sent, by seed.</param>
internal sealed record Scenario(string Name, Func<int, IReadOnlyList<Draft>> Drafts)
{
    /// <summary>Finds, among the points of the scenario before, one where to die first, so that there is something to recover from.</summary>
    public Func<CrashPoint, bool>? DiesFirst { get; init; }

    /// <summary>The database is away while the messages arrive.</summary>
    public bool LosesDatabase { get; init; }

    public string Prefix => this == All[0] ? "" : $"{Name}/";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("ordinary", seed => new Chatter(seed).Mix(7)),
        // Every phase's way to its poison function and through it.
        new("failing", _ => Doom.Drafts),
        // Stored and never queued: the sweeper's business.
        new("orphaned", Few) { DiesFirst = point => point.Function == "TwilioMessage" && IsBefore(point, "/messages") },
        // One phase is over and the next was not asked for.
        new("half-done", Few) { DiesFirst = point => point.Function == "Extract" && IsBefore(point, "/finalize/messages") },
        // Twilio has the reply, and nobody wrote it down.
        new("half-said", Few) { DiesFirst = point => point.Function == "Finalize" && point.What.StartsWith("after POST", StringComparison.Ordinal) },
        new("database-away", Few) { LosesDatabase = true },
    ];

    private static IReadOnlyList<Draft> Few(int seed) => new Chatter(seed).Mix(0);

    private static bool IsBefore(CrashPoint point, string place) =>
        point.What.StartsWith("before POST", StringComparison.Ordinal) && point.What.EndsWith(place, StringComparison.Ordinal);
}
