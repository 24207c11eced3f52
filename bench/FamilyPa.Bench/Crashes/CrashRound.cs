namespace FamilyPa.Bench.Crashes;

/// <summary>Points of one scenario at which the app dies at once: each is another message's, or a timer's.</summary>
/// <param name="Attempt">From 1; a point that nobody came to is tried again alone.</param>
internal sealed record CrashRound(Scenario Scenario, IReadOnlyList<CrashPoint> Points, int Seed, int Attempt = 1)
{
    private const int MostAttempts = 4;

    /// <summary>Whether timers have to tick that no message waits for.</summary>
    public bool IsPunctual => Points.Any(point => CrashEnvironment.IsTimer(point.Function));

    /// <summary>Every point in one round, grouped by chance.</summary>
    public static IEnumerable<CrashRound> Of(IEnumerable<CrashPoint> points, int seed)
    {
        var rounds = points.GroupBy(point => point.Scenario).SelectMany(group => Group(group.Key, [.. group], new Random(seed)).Select(round => new CrashRound(group.Key, round, seed)));
        // With the timers or without them is another start of the app, so those of a kind follow each other.
        return seed % 2 == 0 ? rounds.OrderBy(round => round.IsPunctual) : rounds.OrderByDescending(round => round.IsPunctual);
    }

    /// <summary>For each of these points a round of its own; none where it was tried often enough.</summary>
    public IEnumerable<CrashRound> Again(IEnumerable<CrashPoint> missed) =>
        Attempt == MostAttempts ? [] : missed.Select(point => this with { Points = [point], Attempt = Attempt + 1 });

    private static List<List<CrashPoint>> Group(Scenario scenario, CrashPoint[] points, Random random)
    {
        random.Shuffle(points);
        var rounds = new List<List<CrashPoint>>();
        foreach (var point in points)
        {
            var round = rounds.Find(round => round.Count < scenario.AtOnce.InAll
                && round.Count(other => other.Function == point.Function) < scenario.AtOnce.OfOneFunction);
            if (round is null)
                rounds.Add(round = []);
            round.Add(point);
        }

        return rounds;
    }
}
