namespace FamilyPa.Bench.Crashes;

/// <summary>Points of one scenario for one death. Each is reached by another message, or by a timer.</summary>
/// <param name="Attempt">From 1. A point that no call reached is repeated alone.</param>
internal sealed record CrashRound(Scenario Scenario, IReadOnlyList<CrashPoint> Points, int Seed, int Attempt = 1)
{
    private const int MostAttempts = 4;

    /// <summary>Whether the round needs the timers that no message needs.</summary>
    public bool IsPunctual => Points.Any(point => CrashEnvironment.IsTimer(point.Function));

    /// <summary>Assigns every point to a round, grouped at random.</summary>
    public static IEnumerable<CrashRound> Of(IReadOnlyList<CrashPoint> points, int seed)
    {
        var random = new Random(seed);
        var rounds = new List<CrashRound>();
        foreach (var scenario in points.Where(point => !point.IsIndependent).GroupBy(point => point.Scenario))
            rounds.AddRange(Group([.. scenario], scenario.Key.AtOnce, random).Select(group => new CrashRound(scenario.Key, group, seed)));
        // Independent points share a round with any others, if its scenario allows more than one.
        var independent = Group([.. points.Where(point => point.IsIndependent)], (1, 1), random);
        var hosts = rounds.Index().Where(round => round.Item.Scenario.AtOnce.InAll > 1).OrderBy(_ => random.Next()).Select(round => round.Index).ToList();
        foreach (var (host, group) in hosts.Zip(independent))
            rounds[host] = rounds[host] with { Points = [.. rounds[host].Points, .. group] };
        rounds.AddRange(independent.Skip(hosts.Count).Select(group => new CrashRound(group[0].Scenario, group, seed)));
        // Switching the timers on or off restarts the app, so rounds with the same setting follow each other.
        return seed % 2 == 0 ? rounds.OrderBy(round => round.IsPunctual) : rounds.OrderByDescending(round => round.IsPunctual);
    }

    /// <summary>One more round for each of these points; none after the last attempt.</summary>
    public IEnumerable<CrashRound> Again(IEnumerable<CrashPoint> missed) =>
        Attempt == MostAttempts ? [] : missed.Select(point => this with { Points = [point], Attempt = Attempt + 1 });

    private static List<List<CrashPoint>> Group(CrashPoint[] points, (int InAll, int OfOneFunction) most, Random random)
    {
        random.Shuffle(points);
        var groups = new List<List<CrashPoint>>();
        foreach (var point in points)
        {
            var group = groups.Find(group => group.Count < most.InAll
                && group.Count(other => other.Function == point.Function) < (CrashEnvironment.IsOneAtATime(point.Function) ? 1 : most.OfOneFunction));
            if (group is null)
                groups.Add(group = []);
            group.Add(point);
        }

        return groups;
    }
}
