using FamilyPa.Bench.Checks;

namespace FamilyPa.Bench.Crashes;

/// <param name="Killed">The points of the round at which calls were when the app died.</param>
internal sealed record CrashResult(CrashRound Round, IReadOnlyList<CrashPoint> Killed, Verdict Verdict)
{
    public IEnumerable<CrashPoint> Missed => Round.Points.Except(Killed);

    /// <summary>Points that no call reached in the last attempt.</summary>
    public IEnumerable<CrashPoint> Unreached => Missed.Any() && !Round.Again(Missed).Any() ? Missed : [];

    public bool IsGood => Verdict.IsGood && !Unreached.Any();
}
